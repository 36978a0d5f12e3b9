// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files without a name: they are gone when they are closed (09 section 8.5).
 *
 * Tools make one in a directory by a name that nobody would choose, which says
 * on which metadata target, and have the data for another file put there; open(2)
 * with O_TMPFILE makes one, too.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/random.h>
#include <linux/string.h>

#include "namespace.h"

static const char lustre_volatile_head[] = ".\x0c\x13\x14\x12:VOLATILE:";

#define LUSTRE_VOLATILE_HEAD	(sizeof(lustre_volatile_head) - 1)
/* Digits of the index of a metadata target */
#define LUSTRE_VOLATILE_DIGITS	4

/* The rest: where is left to the server, and what nobody else chooses */
#define LUSTRE_VOLATILE_ANY	":%016llx"
#define LUSTRE_VOLATILE_MAX	(LUSTRE_VOLATILE_HEAD + 18)

/* Is that the name of a file that shall have none? */
bool lustre_volatile_named(const struct qstr *name)
{
	return name->len > LUSTRE_VOLATILE_HEAD &&
	       !memcmp(name->name, lustre_volatile_head, LUSTRE_VOLATILE_HEAD);
}

/* The metadata target that such a name asks for; MDC_ANY_MDT: for none */
u32 lustre_volatile_mdt(const struct qstr *name)
{
	char digits[LUSTRE_VOLATILE_DIGITS + 1] = "";
	u32 mdt;

	if (name->len < LUSTRE_VOLATILE_HEAD + LUSTRE_VOLATILE_DIGITS)
		return MDC_ANY_MDT;
	memcpy(digits, name->name + LUSTRE_VOLATILE_HEAD,
	       LUSTRE_VOLATILE_DIGITS);
	return kstrtou32(digits, 16, &mdt) ? MDC_ANY_MDT : mdt;
}

/* The name was for the opening only: nobody finds the file by it. */
void lustre_volatile_opened(struct dentry *dentry)
{
	d_drop(dentry);
}

/* The server removes what is closed: nothing of it is worth keeping. */
void lustre_volatile_closed(struct inode *inode, const struct mdc_open *open)
{
	if (mdc_open_flags(open) & MDS_OPEN_VOLATILE)
		lustre_inode_links(inode, 0, 0);
}

/* ---- O_TMPFILE ------------------------------------------------------------ */

/* The file is open on the server: finish that here, see lustre_atomic_open(). */
static int lustre_tmpfile_finish(struct inode *dir, struct file *file,
				 struct lustre_file *lf, struct mdc_reply *rep,
				 struct mdc_open *open)
{
	struct dentry *dentry = file->f_path.dentry;
	struct inode *inode = lustre_iget(dir->i_sb, rep);
	int rc = PTR_ERR_OR_ZERO(inode);

	if (!rc && lustre_data_errno(inode) == -EOPNOTSUPP) {
		lustre_iput(inode);
		rc = -EOPNOTSUPP;
	}
	if (rc) {
		mdc_close(open, NULL);
		kfree(lf);
		return rc;
	}
	WRITE_ONCE(LUSTRE_I(inode)->fresh, true);
	d_instantiate(dentry, inode);
	lustre_open_attach(inode, lf, open);
	file->private_data = lf;
	rc = finish_open(file, dentry, NULL);
	if (!(file->f_mode & FMODE_OPENED)) {
		file->private_data = NULL;
		lustre_file_close(inode, lf);
	}
	return rc;
}

/**
 * lustre_tmpfile - open a file that has no name
 * @idmap: of the mount, unused
 * @dir: directory whose default layout, metadata target and group it gets
 * @file: to be opened, with the name that the VFS has for it
 * @mode: type and permissions
 *
 * It cannot be given a name later, which only O_EXCL is content with.
 *
 * Return: 0; -EOPNOTSUPP without O_EXCL, or for a layout of no use here; what the
 * target says.
 * Context: sleeps, killable.  Spec: 09 section 8.5.
 */
int lustre_tmpfile(struct mnt_idmap *idmap, struct inode *dir, struct file *file,
		   umode_t mode)
{
	char name[LUSTRE_VOLATILE_MAX + 1];
	struct mdc_open_args args = {
		.parent	= lustre_fid(dir),
		.name	= name,
		.flags	= lustre_open_flags(file->f_flags & ~O_DIRECTORY) |
			  MDS_OPEN_CREAT | MDS_OPEN_VOLATILE,
		.mode	= mode,
		.mdt	= MDC_ANY_MDT,
	};
	struct mdc_reply rep = {};
	struct mdc_open *open;
	struct lustre_file *lf;
	struct mdc_cred cred;
	int rc;

	if (!(file->f_flags & O_EXCL))
		return -EOPNOTSUPP;
	rc = lustre_dir_names(dir, false);
	if (rc)
		return rc;
	lf = lustre_file_alloc(file->f_flags);
	if (!lf)
		return -ENOMEM;
	memcpy(name, lustre_volatile_head, LUSTRE_VOLATILE_HEAD);
	args.len = LUSTRE_VOLATILE_HEAD +
		   scnprintf(name + LUSTRE_VOLATILE_HEAD,
			     sizeof(name) - LUSTRE_VOLATILE_HEAD,
			     LUSTRE_VOLATILE_ANY, get_random_u64());
	mdc_cred_init(&cred, dir, NULL);
	rc = mdc_open(lustre_lmv(dir), &args, &cred, &rep, &open);
	if (!rc && !open)
		rc = -EPROTO;
	if (rc)
		kfree(lf);
	else
		rc = lustre_tmpfile_finish(dir, file, lf, &rep, open);
	mdc_reply_put(&rep);
	return rc;
}
