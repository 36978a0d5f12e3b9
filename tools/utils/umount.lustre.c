// SPDX-License-Identifier: GPL-2.0-only
/*
 * umount.lustre - the helper that umount(8) calls for a Lustre file system
 *
 * The kernel ends a mount that nobody uses in the process that unmounts it, and
 * that one waits until what is dirty has been written; with MNT_DETACH, too.  A
 * lazy umount has to return at once, so it leaves the waiting to a child.
 * Everything else umount(8) does by itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libmount.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit codes of umount(8). */
enum {
	EX_USAGE	= 1,
	EX_SYSERR	= 2,
	EX_FAIL		= 32,
};

static const char progname[] = "umount.lustre";
static const char mountinfo[] = "/proc/self/mountinfo";

static void usage(FILE *f)
{
	fprintf(f,
"usage: umount.lustre [-fhlnrvV] [-N NAMESPACE] [-t TYPE] DIR\n"
"\n"
"Called by umount(8); its options are umount's.  With -l it returns when the\n"
"mount is no longer to be seen, and what is dirty is written behind.\n");
}

/* The id of the mount that is seen at @dir, -1 if there is none. */
static int mount_at(const char *dir)
{
	struct libmnt_table *tb = mnt_new_table_from_file(mountinfo);
	struct libmnt_fs *fs;
	int id = -1;

	fs = tb ? mnt_table_find_target(tb, dir, MNT_ITER_BACKWARD) : NULL;
	if (fs)
		id = mnt_fs_get_id(fs);
	mnt_unref_table(tb);
	return id;
}

static bool is_mounted(int id)
{
	struct libmnt_table *tb = mnt_new_table_from_file(mountinfo);
	struct libmnt_iter *it = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	bool found = !tb || !it;	/* no way to tell: wait for the child */

	while (!found && mnt_table_next_fs(tb, it, &fs) == 0)
		found = mnt_fs_get_id(fs) == id;
	mnt_free_iter(it);
	mnt_unref_table(tb);
	return found;
}

/* In the child, which nobody waits for: nothing of the caller's stays open. */
static void detach(const char *dir, bool force, int report)
{
	int null = open("/dev/null", O_RDWR), err = 0;

	setsid();
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (umount2(dir, force ? MNT_DETACH | MNT_FORCE : MNT_DETACH) < 0)
		err = errno;
	if (err && write(report, &err, sizeof(err)) < 0)
		_exit(EX_SYSERR);
	_exit(err ? EX_FAIL : 0);
}

/*
 * Wait until mount @id is gone from the namespace, or the child has ended.
 * Return: what the child says, 0 if it has not ended
 */
static int wait_detached(int id, pid_t child, int report)
{
	/* told of each change by POLLPRI */
	struct pollfd changes = { .fd = open(mountinfo, O_RDONLY | O_CLOEXEC),
				  .events = POLLPRI };
	int status, err = 0;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (!is_mounted(id))
			return 0;
		poll(&changes, 1, 100);
	}
	return read(report, &err, sizeof(err)) == sizeof(err) ? err : 0;
}

static int lazy_umount(const char *dir, bool force)
{
	int id = mount_at(dir), report[2], err;
	pid_t child;

	if (id < 0) {
		fprintf(stderr, "%s: %s: not mounted\n", progname, dir);
		return EX_FAIL;
	}
	if (pipe2(report, O_CLOEXEC) < 0 || (child = fork()) < 0) {
		fprintf(stderr, "%s: %s: %s\n", progname, dir, strerror(errno));
		return EX_SYSERR;
	}
	if (!child)
		detach(dir, force, report[1]);
	close(report[1]);
	err = wait_detached(id, child, report[0]);
	if (!err)
		return 0;
	fprintf(stderr, "%s: %s: %s\n", progname, dir, strerror(err));
	return EX_FAIL;
}

/*
 * umount(8) does the rest, and is told not to ask us again.  Who kills the one
 * that called us wants this to end: it would wait for dead servers in its place.
 */
static int plain_umount(int argc, char **argv, pid_t caller)
{
	char **args = calloc(argc + 2, sizeof(*args));

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != caller)
		return EX_SYSERR;
	if (args) {
		args[0] = "umount";
		args[1] = "-i";
		memcpy(args + 2, argv + 1, argc * sizeof(*args));
		execvp(args[0], args);
	}
	fprintf(stderr, "%s: umount: %s\n", progname, strerror(errno));
	return EX_SYSERR;
}

int main(int argc, char **argv)
{
	/* another namespace's mount, and a user's own, are for umount(8) alone */
	bool lazy = false, force = false, plain = geteuid() != 0;
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{},
	};
	char **given = malloc((argc + 1) * sizeof(*given));
	pid_t caller = getppid();
	int c;

	if (!given)
		return EX_SYSERR;
	/* getopt changes the order */
	memcpy(given, argv, (argc + 1) * sizeof(*given));
	while ((c = getopt_long(argc, argv, "fhlnrvVN:t:", longs, NULL)) != -1) {
		switch (c) {
		case 'l':
			lazy = true;
			break;
		case 'f':
			force = true;
			break;
		case 'N':
			plain = true;
			break;
		case 'n': case 'r': case 'v': case 't':
			break;
		case 'V':
			printf("%s " LUSTRE_CLIENT_VERSION "\n", progname);
			return 0;
		case 'h':
			usage(stdout);
			return 0;
		default:
			usage(stderr);
			return EX_USAGE;
		}
	}
	if (optind + 1 != argc) {
		usage(stderr);
		return EX_USAGE;
	}
	return lazy && !plain ? lazy_umount(argv[optind], force) :
				plain_umount(argc, given, caller);
}
