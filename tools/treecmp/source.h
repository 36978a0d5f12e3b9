/* SPDX-License-Identifier: GPL-2.0-only */
/* The two trees as lists of files, from a folder or from a git revision. */
#ifndef TREECMP_SOURCE_H
#define TREECMP_SOURCE_H

#include <git2.h>

#include "util.h"

enum file_type {
	FILE_C, FILE_TEXT, FILE_BINARY,
	/* the data say what it is or leads to, and are no contents: */
	FILE_LINK, FILE_SUBMODULE, FILE_SPECIAL
};

/**
 * struct file - one file of a tree
 * @path: its path below the tree's root
 * @key: the path that its counterpart has in the other tree, after the rules
 * @data: contents, ended by a zero byte that @len does not count
 * @executable: the one thing about a mode that git records
 * @ents: what it consists of: first and number in the tree's list
 * @lines: offsets of the lines, made when somebody asks
 */
struct file {
	uint32_t path;
	uint32_t key;
	char *data;
	size_t len;
	enum file_type type;
	bool executable;
	uint32_t first_ent;
	uint32_t nents;
	uint32_t nlines;
	struct file *mate;	/* where most of it went */
	uint32_t mate_share;	/* and how much of it, in percent */
};

struct tree {
	const char *name;	/* as the user gave it */
	char side;		/* 'a' or 'b' */
	struct file *files;
	size_t count;
	size_t room;
	size_t left_out;	/* by rules */
	bool may_lack;		/* contents that are not there are no trouble */
	size_t lacking;		/* but are counted */
	struct entity *ents;
	size_t nents;
	size_t ents_room;
	uint64_t tokens;
};

/**
 * struct spec - REPO:REV[:PATH] or a folder
 * @repo: path of the repository, or NULL for a plain folder
 */
struct spec {
	char *folder;
	char *repo;
	char *rev;
	char *path;
};

void spec_parse(struct spec *spec, const char *arg);
void tree_load(struct tree *tree, const char *arg);
struct file *tree_add(struct tree *tree, const char *path, char *data,
		      size_t len, enum file_type type);
void tree_finish(struct tree *tree);
void tree_load_git(struct tree *tree, git_repository *repo,
		   const git_oid *commit, const char *below);
git_repository *repo_open(const char *path);
void rev_commit(git_repository *repo, const char *name, const char *rev,
		git_oid *oid);
const char *git_says(void);

#endif
