// SPDX-License-Identifier: GPL-2.0-only
/*
 * mount.lustre - the helper that mount(8) calls for -t lustre
 *
 * Resolves host names to NIDs, loads the module if the kernel can't do it by
 * itself, and passes on what the kernel says about a mount that failed.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libmount.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "module.h"
#include "nidlist.h"

/* Exit codes of mount(8). */
enum {
	EX_MNT_USAGE	= 1,
	EX_MNT_SYSERR	= 2,
	EX_MNT_FAIL	= 32,
};

/* fsconfig(2) takes no longer strings */
#define FSCONFIG_STRING_MAX	255

struct request {
	const char	*source;	/* as given: /proc/mounts shows it */
	const char	*dir;
	char		*nids;		/* source with host names resolved */
	char		*fs_options;	/* for the file system */
	char		*vfs_options;	/* for the VFS */
	unsigned long	flags;		/* MS_* */
	unsigned int	retries;
	bool		fake;
	bool		verbose;
};

static const char progname[] = "mount.lustre";

static void usage(FILE *f)
{
	fprintf(f,
"usage: mount.lustre [-fhnsvV] [-o options] NID[,NID...][:NID...]:/fsname[/subdir] DIR\n"
"\n"
"Mounts a Lustre file system. A NID is ADDRESS[@tcp[N]]; host names are looked\n"
"up. ',' separates addresses of one MGS node, ':' separates MGS nodes.\n"
"\n"
"  -o OPTIONS  mount options, see mount.lustre(8)\n"
"  -f          do everything but the mount itself\n"
"  -n, -s      accepted and ignored\n"
"  -v          say what is done\n"
"  -V, --version  print the version\n"
"  -h, --help     print this\n");
}

/* ---- the module ---------------------------------------------------------- */

static bool fs_is_known(void)
{
	char line[128];
	bool known = false;
	FILE *f = fopen("/proc/filesystems", "r");

	if (!f)
		return true;	/* no way to tell: let the mount tell */
	while (!known && fgets(line, sizeof(line), f)) {
		char *name = strrchr(line, '\t');

		known = name && !strcmp(name + 1, "lustre\n");
	}
	fclose(f);
	return known;
}

static bool load_module(const struct request *rq)
{
	int err;

	if (fs_is_known())
		return true;
	if (rq->verbose)
		printf("%s: loading module lustre\n", progname);
	err = module_load("lustre");
	if (!err || fs_is_known())
		return true;
	module_explain(progname, "lustre", err);
	return false;
}

/* ---- the mount ----------------------------------------------------------- */

static int sys_fsopen(const char *name, unsigned int flags)
{
	return syscall(SYS_fsopen, name, flags);
}

static int sys_fsconfig(int fd, unsigned int cmd, const char *key,
			const char *value)
{
	return syscall(SYS_fsconfig, fd, cmd, key, value, 0);
}

static int sys_fsmount(int fd, unsigned int flags, unsigned int attrs)
{
	return syscall(SYS_fsmount, fd, flags, attrs);
}

static int sys_move_mount(int fd, const char *dir)
{
	return syscall(SYS_move_mount, fd, "", AT_FDCWD, dir,
		       MOVE_MOUNT_F_EMPTY_PATH);
}

/*
 * Print @text with words for the numbers of errors in it, which stand behind
 * "error ", in parentheses, or behind a colon at the end.
 */
static void print_with_words(const char *text)
{
	const char *p = text, *minus;
	char *end;

	fprintf(stderr, "%s: ", progname);
	for (; (minus = strchr(p, '-')); p = end) {
		long nr = isdigit((unsigned char)minus[1]) ?
			  strtol(minus + 1, &end, 10) : 0;
		int before = minus > text ? minus[-1] : 0;
		bool after_error = minus - text >= 6 &&
				   !strncmp(minus - 6, "error ", 6);

		if (nr > 0 && nr < 4096 && (after_error ||
		    (before == '(' && *end == ')') ||
		    (before == ' ' && !*end))) {
			fprintf(stderr, "%.*s%s", (int)(minus - p), p,
				strerror(nr));
			continue;
		}
		end = (char *)minus + 1;
		fprintf(stderr, "%.*s", (int)(end - p), p);
	}
	fprintf(stderr, "%s\n", p);
}

/* What errorfc() and friends said; returns whether there was an error text. */
static bool print_kernel_messages(int fd)
{
	char msg[4096];
	bool said = false;
	ssize_t n;

	while ((n = read(fd, msg, sizeof(msg) - 1)) > 0) {
		char *text = msg;

		msg[n] = '\0';
		if (n > 2 && msg[1] == ' ')
			text += 2;
		if (n && msg[n - 1] == '\n')
			msg[n - 1] = '\0';
		print_with_words(text);
		if (msg[0] == 'e')
			said = true;
	}
	return said;
}

static unsigned int mount_attrs(unsigned long flags)
{
	static const struct {
		unsigned long	flag;
		unsigned int	attr;
	} map[] = {
		{ MS_RDONLY,	 MOUNT_ATTR_RDONLY },
		{ MS_NOSUID,	 MOUNT_ATTR_NOSUID },
		{ MS_NODEV,	 MOUNT_ATTR_NODEV },
		{ MS_NOEXEC,	 MOUNT_ATTR_NOEXEC },
		{ MS_NODIRATIME, MOUNT_ATTR_NODIRATIME },
	};
	unsigned int attrs = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (flags & map[i].flag)
			attrs |= map[i].attr;
	if (flags & MS_NOATIME)
		attrs |= MOUNT_ATTR_NOATIME;
	else if (flags & MS_STRICTATIME)
		attrs |= MOUNT_ATTR_STRICTATIME;
	return attrs;
}

/* Hand one option after the other to the file system. */
static int config_options(int fd, const char *options)
{
	char *copy = strdup(options ? options : ""), *p = copy;
	char *name, *value;
	size_t name_len, value_len;
	int rc = 0;

	if (!copy)
		return -1;
	while (!rc && !mnt_optstr_next_option(&p, &name, &name_len, &value,
					      &value_len)) {
		name[name_len] = '\0';
		if (value)
			value[value_len] = '\0';
		if (value)
			rc = sys_fsconfig(fd, FSCONFIG_SET_STRING, name, value);
		else
			rc = sys_fsconfig(fd, FSCONFIG_SET_FLAG, name, NULL);
	}
	free(copy);
	return rc;
}

/* Options of the super block that the VFS itself takes. */
static int config_sb_flags(int fd, unsigned long flags)
{
	static const struct {
		unsigned long	flag;
		const char	*name;
	} map[] = {
		{ MS_RDONLY,	  "ro" },
		{ MS_SYNCHRONOUS, "sync" },
		{ MS_DIRSYNC,	  "dirsync" },
		{ MS_LAZYTIME,	  "lazytime" },
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (flags & map[i].flag &&
		    sys_fsconfig(fd, FSCONFIG_SET_FLAG, map[i].name, NULL))
			return -1;
	return 0;
}

/* What was given, and what it stands for if that is something else. */
static int config_source(int fd, const struct request *rq)
{
	if (sys_fsconfig(fd, FSCONFIG_SET_STRING, "source", rq->source))
		return -1;
	if (!strcmp(rq->source, rq->nids))
		return 0;
	return sys_fsconfig(fd, FSCONFIG_SET_STRING, "device", rq->nids);
}

static int mount_new_api(const struct request *rq)
{
	int err = 0, mfd = -1;
	int fd = sys_fsopen("lustre", FSOPEN_CLOEXEC);

	if (fd < 0)
		return errno;
	if (config_source(fd, rq) ||
	    config_sb_flags(fd, rq->flags) ||
	    config_options(fd, rq->fs_options) ||
	    sys_fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL)) {
		err = errno;
		goto out;
	}
	mfd = sys_fsmount(fd, FSMOUNT_CLOEXEC, mount_attrs(rq->flags));
	if (mfd < 0 || sys_move_mount(mfd, rq->dir))
		err = errno;
out:
	if (!print_kernel_messages(fd) && err)
		fprintf(stderr, "%s: mounting %s on %s failed: %s\n", progname,
			rq->source, rq->dir, strerror(err));
	if (mfd >= 0)
		close(mfd);
	close(fd);
	return err;
}

/* "device=" has commas in it: nothing can come after it. */
static char *old_api_options(const struct request *rq)
{
	const char *given = rq->fs_options ? rq->fs_options : "";
	char *options;

	if (rq->flags & MS_REMOUNT || !strcmp(rq->source, rq->nids))
		return strdup(given);
	if (asprintf(&options, "%s%sdevice=%s", given, *given ? "," : "",
		     rq->nids) < 0)
		return NULL;
	return options;
}

static int mount_old_api(const struct request *rq)
{
	char *options = old_api_options(rq);
	int err = 0;

	if (!options)
		err = ENOMEM;
	else if (mount(rq->source, rq->dir, "lustre", rq->flags, options))
		err = errno;
	free(options);
	if (err)
		fprintf(stderr, "%s: mounting %s on %s failed: %s (see dmesg)\n",
			progname, rq->source, rq->dir, strerror(err));
	return err;
}

static int mount_once(const struct request *rq)
{
	int err;

	if (rq->flags & MS_REMOUNT ||
	    strlen(rq->source) > FSCONFIG_STRING_MAX ||
	    strlen(rq->nids) > FSCONFIG_STRING_MAX)
		return mount_old_api(rq);
	err = mount_new_api(rq);
	return err == ENOSYS ? mount_old_api(rq) : err;
}

static bool worth_a_retry(int err)
{
	return err == ETIMEDOUT || err == EAGAIN || err == EHOSTUNREACH ||
	       err == ENETUNREACH || err == ECONNREFUSED || err == ENODEV ||
	       err == EBUSY;
}

static int do_mount(const struct request *rq)
{
	unsigned int tries = 0;
	int err;

	for (;;) {
		err = mount_once(rq);
		if (!err)
			return 0;
		if (tries == rq->retries || !worth_a_retry(err))
			return EX_MNT_FAIL;
		tries++;
		fprintf(stderr, "%s: try %u of %u failed, trying again\n",
			progname, tries, rq->retries + 1);
		sleep(1 << (tries < 6 ? tries : 6));
	}
}

/* ---- the command line ---------------------------------------------------- */

/* Split -o into MS_* flags and what the file system has to understand. */
static bool split_options(struct request *rq, const char *options)
{
	char *value;
	size_t len;

	if (mnt_split_optstr(options, NULL, &rq->vfs_options, &rq->fs_options,
			     0, 0))
		return false;
	if (rq->vfs_options &&
	    mnt_optstr_get_flags(rq->vfs_options, &rq->flags,
				 mnt_get_builtin_optmap(MNT_LINUX_MAP)))
		return false;
	if (rq->fs_options &&
	    !mnt_optstr_get_option(rq->fs_options, "retry", &value, &len)) {
		char *end;

		bool number = value && len && isdigit((unsigned char)*value);

		rq->retries = number ? strtoul(value, &end, 10) : 0;
		if (!number || end != value + len || rq->retries > 1000) {
			fprintf(stderr,
				"%s: option retry wants a number up to 1000\n",
				progname);
			return false;
		}
		mnt_optstr_remove_option(&rq->fs_options, "retry");
	}
	if (rq->fs_options)
		mnt_optstr_remove_option(&rq->fs_options, "_netdev");
	return true;
}

static bool check_dir(const char *dir)
{
	struct stat st;

	if (stat(dir, &st)) {
		fprintf(stderr, "%s: mount point %s: %s\n", progname, dir,
			strerror(errno));
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		fprintf(stderr, "%s: mount point %s is not a directory\n",
			progname, dir);
		return false;
	}
	return true;
}

/* Of two sources: the same but for slashes at the end? */
static bool same_text(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	while (n && a[n - 1] == '/')
		n--;
	while (m && b[m - 1] == '/')
		m--;
	return n == m && !memcmp(a, b, n);
}

/* Is what is mounted from @mounted what is asked for, by whatever names? */
static bool same_source(const struct request *rq, const char *mounted)
{
	char err[512], *nids;
	bool same;

	if (!mounted)
		return false;
	if (same_text(mounted, rq->source) || same_text(mounted, rq->nids))
		return true;
	nids = nidlist_resolve(mounted, err, sizeof(err));
	same = nids && same_text(nids, rq->nids);
	free(nids);
	return same;
}

/*
 * A second mount would lie on top of the first, unseen, and be in the way of
 * umount(8).
 */
static bool already_mounted(const struct request *rq)
{
	struct libmnt_table *table =
		mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_BACKWARD);
	char *dir = realpath(rq->dir, NULL);
	struct libmnt_fs *fs;
	bool found = false;

	while (table && iter && dir && !found &&
	       !mnt_table_next_fs(table, iter, &fs)) {
		const char *type = mnt_fs_get_fstype(fs);
		const char *target = mnt_fs_get_target(fs);

		found = type && !strcmp(type, "lustre") &&
			target && !strcmp(target, dir) &&
			same_source(rq, mnt_fs_get_source(fs));
	}
	mnt_free_iter(iter);
	mnt_unref_table(table);
	free(dir);
	if (found)
		fprintf(stderr, "%s: %s is already mounted on %s\n", progname,
			rq->source, rq->dir);
	return found;
}

/* mount(8) puts source and directory first, options may follow. */
static int parse_args(struct request *rq, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "help",	no_argument, NULL, 'h' },
		{ "version",	no_argument, NULL, 'V' },
		{ 0 }
	};
	char *options = NULL;
	int c, rc = -1;

	while ((c = getopt_long(argc, argv, "fhno:svV", long_options,
				NULL)) != -1) {
		switch (c) {
		case 'f':
			rq->fake = true;
			break;
		case 'h':
			usage(stdout);
			rc = 0;
			goto out;
		case 'o':
			if (mnt_optstr_append_option(&options, optarg, NULL)) {
				rc = EX_MNT_SYSERR;
				goto out;
			}
			break;
		case 'n':
		case 's':
			break;
		case 'v':
			rq->verbose = true;
			break;
		case 'V':
			printf("%s (lustre-client) %s\n", progname,
			       LUSTRE_CLIENT_VERSION);
			rc = 0;
			goto out;
		default:
			usage(stderr);
			rc = EX_MNT_USAGE;
			goto out;
		}
	}
	if (argc - optind != 2) {
		usage(stderr);
		rc = EX_MNT_USAGE;
		goto out;
	}
	rq->source = argv[optind];
	rq->dir = argv[optind + 1];
	if (!split_options(rq, options ? options : "")) {
		fprintf(stderr, "%s: bad options '%s'\n", progname, options);
		rc = EX_MNT_USAGE;
	}
out:
	free(options);
	return rc;
}

int main(int argc, char **argv)
{
	struct request rq = { 0 };
	char err[512];
	int rc;

	rc = parse_args(&rq, argc, argv);
	if (rc >= 0)
		return rc;
	rq.nids = nidlist_resolve(rq.source, err, sizeof(err));
	if (!rq.nids) {
		fprintf(stderr, "%s: %s\n", progname, err);
		return EX_MNT_USAGE;
	}
	if (!check_dir(rq.dir))
		return EX_MNT_USAGE;
	if (rq.verbose)
		printf("%s: %s on %s, options '%s'\n", progname, rq.nids,
		       rq.dir, rq.fs_options ? rq.fs_options : "");
	if (!(rq.flags & MS_REMOUNT) && already_mounted(&rq))
		rc = EX_MNT_FAIL;
	else if (rq.fake)
		rc = 0;
	else if (!load_module(&rq))
		rc = EX_MNT_FAIL;
	else
		rc = do_mount(&rq);
	free(rq.nids);
	free(rq.fs_options);
	free(rq.vfs_options);
	return rc;
}
