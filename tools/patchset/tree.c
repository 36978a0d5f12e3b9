// SPDX-License-Identifier: GPL-2.0-only
/* Kernel trees: folders and git revisions; reading them, and history. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "tree.h"

static void open_repo(struct tree *t, const char *path, const char *rev)
{
	git_object *obj = NULL, *commit = NULL;

	if (git_repository_open(&t->repo, path)) {
		if (rev)
			die("%s: no git repository: %s", path, git_why());
		t->repo = NULL;
		return;
	}
	t->shallow = git_repository_is_shallow(t->repo);
	if (git_revparse_single(&obj, t->repo, rev ? rev : "HEAD")) {
		if (rev)
			die("%s: no revision '%s': %s", path, rev, git_why());
		return;
	}
	if (!git_object_peel(&commit, obj, GIT_OBJECT_COMMIT)) {
		t->head = *git_object_id(commit);
		t->has_head = true;
		git_object_free(commit);
	}
	if (rev && git_object_peel((git_object **)&t->gtree, obj, GIT_OBJECT_TREE))
		die("%s: '%s' is neither a commit nor a tree", path, rev);
	git_object_free(obj);
}

/* VERSION, PATCHLEVEL, SUBLEVEL and EXTRAVERSION of the top Makefile. */
static void read_version(struct tree *t)
{
	static const char *const names[] = {
		"VERSION", "PATCHLEVEL", "SUBLEVEL", "EXTRAVERSION"
	};
	char value[4][64] = {};
	struct buf b = {};
	char *line, *save = NULL;

	t->kernel = xstrdup("unknown");
	if (tree_read(t, "Makefile", &b, NULL)) {
		buf_free(&b);
		return;
	}
	for (line = strtok_r(b.s, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		for (int i = 0; i < 4; i++) {
			size_t n = strlen(names[i]);

			if (strncmp(line, names[i], n) || value[i][0] ||
			    line[n + strspn(line + n, " \t")] != '=')
				continue;
			sscanf(line + n + strspn(line + n, " \t") + 1,
			       " %63s", value[i]);
		}
	}
	if (value[0][0] && value[1][0]) {
		free(t->kernel);
		t->major = strtoul(value[0], NULL, 10);
		t->minor = strtoul(value[1], NULL, 10);
		t->kernel = fmt("%s.%s%s%s%s", value[0], value[1],
				value[2][0] ? "." : "", value[2], value[3]);
	}
	buf_free(&b);
}

struct tree *tree_open(const char *name)
{
	struct tree *t = xalloc(sizeof(*t));
	const char *colon = strchr(name, ':');
	struct stat st;

	t->name = xstrdup(name);
	if (!stat(name, &st)) {
		if (!S_ISDIR(st.st_mode))
			die("%s: not a folder, so no kernel tree", name);
		t->root = realpath(name, NULL);
		if (!t->root || access(t->root, R_OK | X_OK))
			die("%s: %s", name, strerror(errno));
		journal_finish(t->root);
		open_repo(t, t->root, NULL);
	} else if (colon) {
		char *repo = xstrndup(name, colon - name);

		if (stat(repo, &st))
			die("%s: %s", repo, strerror(errno));
		open_repo(t, repo, colon[1] ? colon + 1 : "HEAD");
		free(repo);
	} else {
		die("%s: %s", name, strerror(errno));
	}
	read_version(t);
	return t;
}

void tree_close(struct tree *t)
{
	git_tree_free(t->gtree);
	git_repository_free(t->repo);
	strv_free(&t->paths);
	free(t->name);
	free(t->root);
	free(t->kernel);
	free(t);
}

/* A path that is not there, and a folder of it that a partial clone lacks. */
static int no_entry(void)
{
	const git_error *e = git_error_last();

	return e && e->klass == GIT_ERROR_TREE ? -ENOENT : -EIO;
}

static int read_blob(struct tree *t, const char *path, struct buf *out,
		     unsigned int *mode)
{
	git_tree_entry *e;
	git_blob *blob;
	int rc = 0;

	git_error_clear();
	if (git_tree_entry_bypath(&e, t->gtree, path))
		return no_entry();
	if (git_tree_entry_filemode(e) == GIT_FILEMODE_LINK)
		rc = -ELOOP;
	else if (git_tree_entry_type(e) != GIT_OBJECT_BLOB)
		rc = -EISDIR;
	else if (git_blob_lookup(&blob, t->repo, git_tree_entry_id(e)))
		rc = -EIO;
	if (!rc) {
		buf_add(out, git_blob_rawcontent(blob), git_blob_rawsize(blob));
		if (mode)
			*mode = git_tree_entry_filemode(e) & 0777;
		git_blob_free(blob);
	}
	git_tree_entry_free(e);
	return rc;
}

/* No part of @path may be a link: it could lead anywhere. */
static int check_links(const char *root, const char *path)
{
	char *full = fmt("%s/%s", root, path);
	struct stat st;
	int rc = 0;

	for (char *p = full + strlen(root) + 1; !rc; p++) {
		char c = *p;

		if (c != '/' && c)
			continue;
		*p = '\0';
		if (lstat(full, &st))
			rc = -errno;
		else if (S_ISLNK(st.st_mode))
			rc = -ELOOP;
		*p = c;
		if (!c)
			break;
	}
	free(full);
	return rc;
}

static int read_in_folder(struct tree *t, const char *path, struct buf *out,
			  unsigned int *mode)
{
	struct stat st;
	char *full;
	int rc;

	rc = check_links(t->root, path);
	if (rc)
		return rc == -ENOTDIR ? -ENOENT : rc;
	full = fmt("%s/%s", t->root, path);
	rc = read_file(full, out);
	if (!rc && mode && !stat(full, &st))
		*mode = st.st_mode & 0777;
	free(full);
	return rc;
}

int tree_read(struct tree *t, const char *path, struct buf *out,
	      unsigned int *mode)
{
	int rc;

	out->len = 0;
	buf_add(out, "", 0);
	rc = t->gtree ? read_blob(t, path, out, mode) :
			read_in_folder(t, path, out, mode);
	switch (rc) {
	case 0:
	case -ENOENT:
	case -ELOOP:
	case -EISDIR:
	case -EINVAL:		/* a pipe, a device */
	case -ENAMETOOLONG:
		return rc;
	}
	/* It is there, and nobody knows what it says: no verdict is right. */
	if (t->gtree)
		die("%s: cannot read %s: %s (a partial clone?)", t->name, path,
		    git_why());
	die("%s: cannot read %s: %s", t->name, path, strerror(-rc));
}

static void list_folder(struct tree *t, const char *folder)
{
	char *full = fmt("%s/%s", t->root, folder);
	DIR *d = opendir(full);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *path;

		if (e->d_name[0] == '.')
			continue;
		path = *folder ? fmt("%s/%s", folder, e->d_name) : xstrdup(e->d_name);
		if (e->d_type == DT_DIR)
			list_folder(t, path);
		else if (e->d_type == DT_REG)
			strv_add(&t->paths, path);
		free(path);
	}
	if (!d)
		die("%s: cannot read the folder %s: %s", t->name, full,
		    strerror(errno));
	closedir(d);
	free(full);
}

static int list_entry(const char *root, const git_tree_entry *e, void *data)
{
	struct tree *t = data;
	char *path;

	if (git_tree_entry_type(e) != GIT_OBJECT_BLOB)
		return 0;
	path = fmt("%s%s", root, git_tree_entry_name(e));
	strv_add(&t->paths, path);
	free(path);
	return 0;
}

const struct strv *tree_paths(struct tree *t)
{
	if (t->listed)
		return &t->paths;
	t->listed = true;
	if (t->gtree && git_tree_walk(t->gtree, GIT_TREEWALK_PRE, list_entry, t))
		die("%s: cannot read the tree: %s (a partial clone?)", t->name,
		    git_why());
	if (!t->gtree)
		list_folder(t, "");
	strv_sort(&t->paths);
	return &t->paths;
}

/* ---- history ------------------------------------------------------------- */

/* The blob of @path in a commit, or false. */
static bool blob_in(git_repository *repo, git_commit *c, const char *path,
		    git_oid *oid)
{
	git_tree_entry *e;
	git_tree *tree;
	bool found = false;

	if (git_commit_tree(&tree, c))
		return false;
	if (!git_tree_entry_bypath(&e, tree, path)) {
		git_oid_cpy(oid, git_tree_entry_id(e));
		git_tree_entry_free(e);
		found = true;
	}
	git_tree_free(tree);
	(void)repo;
	return found;
}

/* @unknown: what to say of contents that are not there (a partial clone) */
static bool blob_has(git_repository *repo, const git_oid *oid,
		     const char *what, size_t n, bool unknown)
{
	git_blob *blob;
	bool found;

	if (git_blob_lookup(&blob, repo, oid))
		return unknown;
	found = memmem(git_blob_rawcontent(blob), git_blob_rawsize(blob), what, n);
	git_blob_free(blob);
	return found;
}

/* Did this commit bring it: it has the text, and none of its parents has. */
static bool brings(git_repository *repo, git_commit *c, const char *path,
		   const char *what, size_t n)
{
	git_oid mine, theirs;

	if (!blob_in(repo, c, path, &mine))
		return false;
	for (unsigned int i = 0; i < git_commit_parentcount(c); i++) {
		git_commit *parent;
		bool had = false;

		if (git_commit_parent(&parent, c, i))
			return false;	/* the end of a shallow clone */
		if (blob_in(repo, parent, path, &theirs))
			had = git_oid_equal(&mine, &theirs) ||
			      blob_has(repo, &theirs, what, n, true);
		git_commit_free(parent);
		if (had)
			return false;
	}
	return blob_has(repo, &mine, what, n, false);
}

char *tree_find_commit(struct tree *t, const char *path,
		       const char *what, size_t n, unsigned int limit)
{
	char *found = NULL, hex[13];
	git_revwalk *walk;
	git_oid oid;

	if (!t->repo || !t->has_head || git_revwalk_new(&walk, t->repo))
		return NULL;
	git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL);
	git_revwalk_push(walk, &t->head);
	while (!found && limit-- && !git_revwalk_next(&oid, walk)) {
		git_commit *c;

		if (git_commit_lookup(&c, t->repo, &oid))
			break;
		/*
		 * The oldest commit of a shallow clone has everything in it
		 * that is older: it brought nothing.
		 */
		if (!(t->shallow && !git_commit_parentcount(c)) &&
		    brings(t->repo, c, path, what, n)) {
			git_oid_tostr(hex, sizeof(hex), &oid);
			found = fmt("%s %s", hex, git_commit_summary(c));
		}
		git_commit_free(c);
	}
	git_revwalk_free(walk);
	return found;
}
