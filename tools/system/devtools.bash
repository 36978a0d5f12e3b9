# SPDX-License-Identifier: GPL-2.0-only
# bash completion for treecmp, patchset and lustre-export

# The long options are those that the program's own --help names.
_lustre_devtools_options()
{
	local words

	words=$("$1" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u)
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$2")
}

_treecmp()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	case $prev:$cur in
	--also:*)
		mapfile -t COMPREPLY < <(compgen -W "comments space order places" -- "$cur")
		;;
	--html:* | --rules:* | -r:*)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	*:-*) _lustre_devtools_options treecmp "$cur" ;;
	*)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		[ "$COMP_CWORD" -ne 1 ] || [ -d patches ] ||
			[[ patches != "$cur"* ]] || COMPREPLY+=(patches)
		;;
	esac
	return 0
}

_patchset()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local verbs="list import export status apply reverse refresh diff log"
	local word dir=patches verb=

	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ " $verbs " != *" $word "* ]] || { verb=$word; break; }
	done
	for ((word = 1; word < COMP_CWORD; word++)); do
		[ "${COMP_WORDS[word]}" != --patches ] || dir=${COMP_WORDS[word + 1]}
	done
	case $prev:$verb:$cur in
	*:*:-*) _lustre_devtools_options patchset "$cur" ;;
	--patches:*:* | --base:*:*)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		;;
	--html:*:*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	*::*) mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$cur") ;;
	--set:*:* | export:*:* | apply:*:* | reverse:*:* | refresh:*:* | diff:*:* | log:*:*)
		# sets are folders, patches say who they are
		mapfile -t COMPREPLY < <(compgen -W "$(
			cd "$dir" 2>/dev/null || exit
			printf '%s\n' */v*/set | sed 's,/.*,,' | sort -u
			sed -n 's/^X-Patch-Id: //p' */v*/*.patch 2>/dev/null | sort -u
		)" -- "$cur")
		;;
	*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
	return 0
}

_lustre_export()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	case $prev:$cur in
	--only:*)
		mapfile -t COMPREPLY < <(compgen -W "$(lustre-export --check --only list \
			2>/dev/null | awk '{ print $1 }')" -- "$cur")
		;;
	--html:*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	--jobs:*) COMPREPLY=() ;;
	*:-*) _lustre_devtools_options lustre-export "$cur" ;;
	*) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
	esac
	return 0
}

complete -o filenames -F _treecmp treecmp
complete -o filenames -F _patchset patchset
complete -o filenames -F _lustre_export lustre-export
