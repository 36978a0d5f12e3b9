# SPDX-License-Identifier: GPL-2.0-only
# bash completion for lctl, lustre-client-doctor and lustre-testserver

_lctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} cmd=${COMP_WORDS[1]-}
	local words

	if [ "$COMP_CWORD" -eq 1 ]; then
		# the first words of the lines that help prints
		words=$(lctl help 2>/dev/null | awk '/^  ?[a-z]/ { print $1 }')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	case $cmd in
	network | net)
		[ "$COMP_CWORD" -eq 2 ] &&
			mapfile -t COMPREPLY < <(compgen -W "up down check" -- "$cur")
		;;
	get_param | set_param | list_param)
		case $cur in
		-*)
			mapfile -t COMPREPLY < <(compgen -W "-n -N -R -F" -- "$cur")
			;;
		*)
			words=$(lctl list_param "${cur}*" 2>/dev/null)
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
			[ "$cmd" = set_param ] &&
				COMPREPLY=("${COMPREPLY[@]/%/=}") &&
				compopt -o nospace 2>/dev/null
			;;
		esac
		;;
	esac
	return 0
}

_lustre_client_doctor()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	case $prev in
	--kernel)
		mapfile -t COMPREPLY < <(cd /lib/modules 2>/dev/null &&
			compgen -G "$cur*")
		;;
	--root)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "--json --kernel --root --help" -- "$cur")
		;;
	esac
	return 0
}

complete -F _lctl lctl
complete -F _lustre_client_doctor lustre-client-doctor
