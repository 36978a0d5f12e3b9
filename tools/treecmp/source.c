// SPDX-License-Identifier: GPL-2.0-only
/* Reading a tree of sources, from a folder or from a git revision. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "source.h"

#define FILE_MAX	(256u << 20)
#define DEPTH_MAX	128

const char *git_says(void)
{
	const git_error *e = git_error_last();

	return e && e->message ? e->message : "unknown error";
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* A folder is a folder; otherwise the first colon ends the repository. */
void spec_parse(struct spec *spec, const char *arg)
{
	const char *colon = strchr(arg, ':'), *second;

	memset(spec, 0, sizeof(*spec));
	if (is_folder(arg)) {
		spec->folder = xstrdup(arg);
		return;
	}
	while (colon) {
		char *repo = xstrndup(arg, colon - arg);

		if (is_folder(repo)) {
			spec->repo = repo;
			break;
		}
		free(repo);
		colon = strchr(colon + 1, ':');
	}
	if (!colon) {
		struct stat st;

		if (!stat(arg, &st))
			die("%s: is not a folder", arg);
		die("%s: no such folder, and not REPO:REV[:PATH] either", arg);
	}
	second = strchr(colon + 1, ':');
	spec->rev = second ? xstrndup(colon + 1, second - colon - 1) :
			     xstrdup(colon + 1);
	if (second && second[1])
		spec->path = xstrdup(second + 1);
	if (!*spec->rev)
		die("%s: no revision after the colon", arg);
}

git_repository *repo_open(const char *path)
{
	git_repository *repo;

	if (git_repository_open_ext(&repo, path, 0, NULL))
		die("%s: no git repository: %s", path, git_says());
	return repo;
}

void rev_commit(git_repository *repo, const char *name, const char *rev,
		git_oid *oid)
{
	git_object *obj, *commit;

	if (git_revparse_single(&obj, repo, rev))
		die("%s: no revision '%s': %s", name, rev, git_says());
	if (git_object_peel(&commit, obj, GIT_OBJECT_COMMIT))
		die("%s: '%s' is not a commit", name, rev);
	git_oid_cpy(oid, git_object_id(commit));
	git_object_free(commit);
	git_object_free(obj);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static enum file_type file_type(const char *path, const char *data, size_t len)
{
	size_t look = len < 65536 ? len : 65536;

	if (memchr(data, 0, look))
		return FILE_BINARY;
	if (ends_with(path, ".c") || ends_with(path, ".h"))
		return FILE_C;
	return FILE_TEXT;
}

/*
 * Takes over @data, which must have a zero byte behind its @len.  FILE_TEXT
 * stands for any file with contents.
 */
struct file *tree_add(struct tree *tree, const char *path, char *data,
		      size_t len, enum file_type type)
{
	struct file *f;

	if (len > FILE_MAX)
		die("%s: %s has %zu bytes, more than the %u that are compared",
		    tree->name, path, len, FILE_MAX);
	GROW(tree->files, tree->count, tree->room);
	f = &tree->files[tree->count++];
	memset(f, 0, sizeof(*f));
	f->path = interns(path);
	f->key = f->path;
	f->data = data;
	f->len = len;
	f->type = type == FILE_TEXT ? file_type(path, data, len) : type;
	return f;
}

static char *read_all(const struct tree *tree, int dir, const char *name,
		      const char *path, size_t *len)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	size_t got = 0;
	ssize_t n = 0;
	char *data;

	if (fd < 0 || fstat(fd, &st))
		die("%s: cannot read %s: %s", tree->name, path,
		    strerror(errno));
	if (st.st_size > FILE_MAX)
		die("%s: %s has %lld bytes, more than the %u that are compared",
		    tree->name, path, (long long)st.st_size, FILE_MAX);
	data = xmalloc(st.st_size + 1);
	while (got < (size_t)st.st_size) {
		n = read(fd, data + got, st.st_size - got);
		if (n <= 0)
			break;
		got += n;
	}
	if (n < 0)
		die("%s: cannot read %s: %s", tree->name, path,
		    strerror(errno));
	close(fd);
	data[got] = 0;
	*len = got;
	return data;
}

static void add_link(struct tree *tree, int dir, const char *name,
		     const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
	struct stat st;

	if (n < 0)
		die("%s: cannot read the link %s: %s", tree->name, path,
		    strerror(errno));
	target[n] = 0;
	if (fstatat(dir, name, &st, 0))
		note("%s: %s is a broken symbolic link to %s: links are compared by what they name",
		     tree->name, path, target);
	tree_add(tree, path, xstrndup(target, n), n, FILE_LINK);
}

struct walk {
	struct tree *tree;
	git_repository *repo;	/* that the folder belongs to, or NULL */
	const char *root;	/* the folder, absolute */
	size_t ignored;
};

static bool is_ignored(struct walk *w, const char *path, bool folder)
{
	int ignored = 0;
	char *full;

	if (!w->repo)
		return false;
	full = xasprintf("%s%s%s%s", w->root, *w->root ? "/" : "", path,
			 folder ? "/" : "");
	if (git_ignore_path_is_ignored(&ignored, w->repo, full))
		ignored = 0;
	free(full);
	w->ignored += ignored != 0;
	return ignored;
}

static void walk_folder(struct walk *w, int dir, const char *below, int depth);

/* A device, a pipe or a socket: compared by what it is. */
static char *special_file(const struct stat *st)
{
	if (S_ISFIFO(st->st_mode))
		return xstrdup("fifo");
	if (S_ISSOCK(st->st_mode))
		return xstrdup("socket");
	return xasprintf("%s device %u:%u",
			 S_ISBLK(st->st_mode) ? "block" : "character",
			 major(st->st_rdev), minor(st->st_rdev));
}

static void walk_entry(struct walk *w, int dir, const char *name,
		       const char *path, int depth)
{
	struct tree *tree = w->tree;
	struct stat st;
	char *data;
	size_t len;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		die("%s: cannot look at %s: %s", tree->name, path,
		    strerror(errno));
	if (is_ignored(w, path, S_ISDIR(st.st_mode)))
		return;
	if (S_ISLNK(st.st_mode)) {
		add_link(tree, dir, name, path);
	} else if (S_ISDIR(st.st_mode)) {
		fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			die("%s: cannot read %s: %s", tree->name, path,
			    strerror(errno));
		walk_folder(w, fd, path, depth + 1);
	} else if (S_ISREG(st.st_mode)) {
		data = read_all(tree, dir, name, path, &len);
		tree_add(tree, path, data, len, FILE_TEXT)->executable =
			st.st_mode & S_IXUSR;
	} else {
		data = special_file(&st);
		tree_add(tree, path, data, strlen(data), FILE_SPECIAL);
	}
}

/* Takes over @dir. */
static void walk_folder(struct walk *w, int dir, const char *below, int depth)
{
	struct dirent *d;
	DIR *stream;

	if (depth > DEPTH_MAX)
		die("%s: %s is nested deeper than %d folders", w->tree->name,
		    below, DEPTH_MAX);
	stream = fdopendir(dir);
	if (!stream)
		die("%s: cannot read %s: %s", w->tree->name, below,
		    strerror(errno));
	for (;;) {
		char *path;

		errno = 0;
		d = readdir(stream);
		if (!d)
			break;
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		    !strcmp(d->d_name, ".git"))
			continue;
		path = *below ? xasprintf("%s/%s", below, d->d_name) :
				xstrdup(d->d_name);
		walk_entry(w, dir, d->d_name, path, depth);
		free(path);
	}
	if (errno)
		die("%s: cannot read %s: %s", w->tree->name, below,
		    strerror(errno));
	closedir(stream);
}

static void load_folder(struct tree *tree, const char *folder)
{
	struct walk w = { .tree = tree, .root = "" };
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *real;

	if (fd < 0)
		die("cannot read %s: %s", folder, strerror(errno));
	real = realpath(folder, NULL);
	if (real && !git_repository_open_ext(&w.repo, real, 0, NULL)) {
		const char *top = git_repository_workdir(w.repo);

		if (!top || strncmp(real, top, strlen(top) - 1)) {
			git_repository_free(w.repo);
			w.repo = NULL;
		} else if (strlen(real) > strlen(top)) {
			w.root = real + strlen(top);
		}
	}
	walk_folder(&w, fd, "", 0);
	if (w.ignored)
		note("%s: %zu files and folders that git ignores are left out",
		     tree->name, w.ignored);
	git_repository_free(w.repo);
	free(real);
}

struct git_walk {
	struct tree *tree;
	git_repository *repo;
};

static int git_entry(const char *root, const git_tree_entry *entry, void *arg)
{
	struct git_walk *w = arg;
	const char *name = git_tree_entry_name(entry);
	git_filemode_t mode = git_tree_entry_filemode(entry);
	git_blob *blob;
	char *path, *data;
	size_t len;

	if (mode == GIT_FILEMODE_TREE)
		return 0;
	path = xasprintf("%s%s", root, name);
	if (mode == GIT_FILEMODE_COMMIT) {
		data = xmalloc(GIT_OID_HEXSZ + 1);
		git_oid_tostr(data, GIT_OID_HEXSZ + 1, git_tree_entry_id(entry));
		tree_add(w->tree, path, data, GIT_OID_HEXSZ, FILE_SUBMODULE);
		note("%s: %s is a submodule: compared by its commit",
		     w->tree->name, path);
		free(path);
		return 0;
	}
	if (git_blob_lookup(&blob, w->repo, git_tree_entry_id(entry))) {
		if (w->tree->may_lack) {
			w->tree->lacking++;
			free(path);
			return 0;
		}
		die("%s: cannot read %s: %s (a partial clone?)", w->tree->name,
		    path, git_says());
	}
	len = git_blob_rawsize(blob);
	data = xstrndup(git_blob_rawcontent(blob), len);
	git_blob_free(blob);
	tree_add(w->tree, path, data, len,
		 mode == GIT_FILEMODE_LINK ? FILE_LINK : FILE_TEXT)->executable =
		mode == GIT_FILEMODE_BLOB_EXECUTABLE;
	free(path);
	return 0;
}

/* The files of @commit, only those below the folder @below if there is one. */
void tree_load_git(struct tree *tree, git_repository *repo,
		   const git_oid *commit, const char *below)
{
	struct git_walk w = { .tree = tree, .repo = repo };
	git_tree_entry *entry = NULL;
	git_tree *top, *sub = NULL;
	git_commit *c;

	if (git_commit_lookup(&c, repo, commit) || git_commit_tree(&top, c))
		die("%s: cannot read the revision: %s", tree->name,
		    git_says());
	if (below) {
		if (git_tree_entry_bypath(&entry, top, below))
			die("%s: no folder '%s' in that revision", tree->name,
			    below);
		if (git_tree_entry_type(entry) != GIT_OBJECT_TREE)
			die("%s: '%s' is not a folder", tree->name, below);
		if (git_tree_lookup(&sub, repo, git_tree_entry_id(entry)))
			die("%s: cannot read '%s': %s", tree->name, below,
			    git_says());
	}
	if (git_tree_walk(sub ? sub : top, GIT_TREEWALK_PRE, git_entry, &w))
		die("%s: cannot read the revision: %s", tree->name,
		    git_says());
	git_tree_entry_free(entry);
	git_tree_free(sub);
	git_tree_free(top);
	git_commit_free(c);
}

static int by_path(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return strcmp(spelling(x->path), spelling(y->path));
}

static bool is_utf8(const struct file *f)
{
	struct buf b = { 0 };
	size_t i;
	bool ok;

	for (i = 0; i < f->len && !(f->data[i] & 0x80); i++)
		;
	if (i == f->len)
		return true;
	buf_utf8(&b, f->data, f->len);
	ok = b.len == f->len;
	buf_free(&b);
	return ok;
}

/* What is unusual about the files is said, once for each kind. */
static void tell_encodings(const struct tree *tree)
{
	size_t i, crlf = 0, other = 0, binary = 0;
	const char *first_crlf = "", *first_other = "", *first_binary = "";

	for (i = 0; i < tree->count; i++) {
		const struct file *f = &tree->files[i];
		const char *path = spelling(f->path);

		if (f->type == FILE_BINARY) {
			if (!binary++)
				first_binary = path;
		} else if (f->type < FILE_LINK) {
			if (memmem(f->data, f->len, "\r\n", 2) && !crlf++)
				first_crlf = path;
			if (!is_utf8(f) && !other++)
				first_other = path;
		}
	}
	if (binary)
		note("%s: %zu binary files (%s) are compared byte by byte",
		     tree->name, binary, first_binary);
	if (crlf)
		note("%s: %zu files (%s) end lines with CR LF: the CR does not count",
		     tree->name, crlf, first_crlf);
	if (other)
		note("%s: %zu files (%s) are not UTF-8: compared by their bytes, shown with replacement characters",
		     tree->name, other, first_other);
}

void tree_finish(struct tree *tree)
{
	if (!tree->count)
		die("%s: no files in it", tree->name);
	qsort(tree->files, tree->count, sizeof(*tree->files), by_path);
	tell_encodings(tree);
}

/**
 * tree_load - read a tree
 * @tree: to be filled
 * @arg: what the user gave: a folder or REPO:REV[:PATH]
 */
void tree_load(struct tree *tree, const char *arg)
{
	struct spec spec;
	git_oid oid;

	tree->name = arg;
	spec_parse(&spec, arg);
	if (spec.folder) {
		load_folder(tree, spec.folder);
	} else {
		git_repository *repo = repo_open(spec.repo);

		rev_commit(repo, spec.repo, spec.rev, &oid);
		tree_load_git(tree, repo, &oid, spec.path);
		git_repository_free(repo);
	}
	tree_finish(tree);
	free(spec.folder);
	free(spec.repo);
	free(spec.rev);
	free(spec.path);
}
