// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of metadata requests and replies: fill in, take apart, check.
 */
#include <kunit/visibility.h>
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/user_namespace.h>

#include "internal.h"

/* Largest number of bytes or blocks that an attribute may claim */
#define MDC_MAX_SIZE	((u64)S64_MAX)

/* The group of @inode if that is worth telling the server, 09 section 6. */
static u32 mdc_suppgid(const struct inode *inode)
{
	if (!inode || !in_group_p(inode->i_gid))
		return MDC_NO_GROUP;
	return from_kgid(&init_user_ns, inode->i_gid);
}

/* Low 32 effective capabilities; those of a user name space don't count. */
static u32 mdc_caps(const struct cred *c)
{
	u32 caps = 0;
	int i;

	if (c->user_ns != &init_user_ns)
		return 0;
	for (i = 0; i < 32; i++)
		if (cap_raised(c->cap_effective, i))
			caps |= BIT(i);
	return caps;
}

void mdc_cred_init(struct mdc_cred *cred, const struct inode *i1,
		   const struct inode *i2)
{
	const struct cred *c = current_cred();

	cred->uid = from_kuid(&init_user_ns, c->uid);
	cred->gid = from_kgid(&init_user_ns, c->gid);
	cred->fsuid = from_kuid(&init_user_ns, c->fsuid);
	cred->fsgid = from_kgid(&init_user_ns, c->fsgid);
	cred->cap = mdc_caps(c);
	cred->suppgid[0] = mdc_suppgid(i1);
	cred->suppgid[1] = mdc_suppgid(i2);
}

/* Fit for a directory entry on the wire? */
bool mdc_name_ok(const char *name, u32 len)
{
	return len && len <= MDC_NAME_MAX && !memchr(name, '/', len) &&
	       !memchr(name, 0, len);
}

void mdc_resid(struct ldlm_resid *resid, const struct lustre_fid *fid)
{
	resid->name[0] = fid->seq;
	resid->name[1] = ((u64)fid->ver << 32) | fid->oid;
	resid->name[2] = 0;
	resid->name[3] = 0;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_resid);

/* The object that a lock resource stands for. */
void mdc_resid_fid(const struct ldlm_resid *resid, struct lustre_fid *fid)
{
	fid->seq = resid->name[0];
	fid->oid = lower_32_bits(resid->name[1]);
	fid->ver = upper_32_bits(resid->name[1]);
}

/**
 * mdc_pack_body - fill in the record of a request that changes nothing
 * @body: zeroed
 * @cred: who asks, or NULL for the kernel itself
 * @fid: object or parent, or NULL
 * @valid: what is wanted, OBD_MD_*; FLID follows from @fid
 * @easize: bytes of extended attribute that the reply may carry
 *
 * A server looks for the object only if FLID says that there is one; without
 * it some operations make it fall over. Spec: 09 section 5.1.
 */
void mdc_pack_body(struct mdt_body *body, const struct mdc_cred *cred,
		   const struct lustre_fid *fid, u64 valid, u32 easize)
{
	if (fid) {
		lustre_fid_to_wire(&body->mbo_fid1, fid);
		valid |= OBD_MD_FLID;
	}
	body->mbo_valid = cpu_to_le64(valid);
	body->mbo_eadatasize = cpu_to_le32(easize);
	body->mbo_suppgid = cpu_to_le32(MDC_NO_GROUP);
	if (!cred)
		return;
	body->mbo_uid = cpu_to_le32(cred->uid);
	body->mbo_gid = cpu_to_le32(cred->gid);
	body->mbo_fsuid = cpu_to_le32(cred->fsuid);
	body->mbo_fsgid = cpu_to_le32(cred->fsgid);
	body->mbo_capability = cpu_to_le32(cred->cap);
	body->mbo_suppgid = cpu_to_le32(cred->suppgid[0]);
}
EXPORT_SYMBOL_IF_KUNIT(mdc_pack_body);

/**
 * mdc_pack_rec - fill in the common head of a modification record
 * @req: the request
 * @buf: number of the buffer with the record
 * @opcode: REINT_*
 * @cred: who asks
 * @fid1: first object
 * @fid2: second object or NULL
 *
 * Return: the record, to be filled in further.
 */
void *mdc_pack_rec(struct ptlrpc_request *req, unsigned int buf, u32 opcode,
		   const struct mdc_cred *cred, const struct lustre_fid *fid1,
		   const struct lustre_fid *fid2)
{
	struct mdt_rec_reint *rec = ptlrpc_req_buf(req, buf, sizeof(*rec));

	rec->rr_opcode = cpu_to_le32(opcode);
	rec->rr_cap = cpu_to_le32(cred->cap);
	rec->rr_fsuid = cpu_to_le32(cred->fsuid);
	rec->rr_fsgid = cpu_to_le32(cred->fsgid);
	rec->rr_suppgid1 = cpu_to_le32(cred->suppgid[0]);
	rec->rr_suppgid2 = cpu_to_le32(cred->suppgid[1]);
	lustre_fid_to_wire(&rec->rr_fid1, fid1);
	if (fid2)
		lustre_fid_to_wire(&rec->rr_fid2, fid2);
	return rec;
}

static bool mdc_type_ok(u32 mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return true;
	}
	return false;
}

static void mdc_unpack_attr(struct mdc_attr *attr, const struct mdt_body *body)
{
	attr->stripes = 0;
	lustre_fid_from_wire(&attr->fid, &body->mbo_fid1);
	attr->valid = le64_to_cpu(body->mbo_valid);
	attr->size = le64_to_cpu(body->mbo_size);
	attr->blocks = le64_to_cpu(body->mbo_blocks);
	attr->dom_size = le64_to_cpu(body->mbo_dom_size);
	attr->dom_blocks = le64_to_cpu(body->mbo_dom_blocks);
	attr->mtime = le64_to_cpu(body->mbo_mtime);
	attr->atime = le64_to_cpu(body->mbo_atime);
	attr->ctime = le64_to_cpu(body->mbo_ctime);
	attr->btime = le64_to_cpu(body->mbo_btime);
	attr->mode = le32_to_cpu(body->mbo_mode);
	attr->uid = le32_to_cpu(body->mbo_uid);
	attr->gid = le32_to_cpu(body->mbo_gid);
	attr->flags = le32_to_cpu(body->mbo_flags);
	attr->nlink = le32_to_cpu(body->mbo_nlink);
	attr->projid = le32_to_cpu(body->mbo_projid);
	attr->rdev = old_decode_dev(le32_to_cpu(body->mbo_rdev) & 0xffff);
}

/**
 * mdc_take_body - decode and check an attribute record
 * @mdc: who sent it
 * @body: the record
 * @attr: filled in
 *
 * Return: 0 or -EPROTO.
 */
int mdc_take_body(struct mdc *mdc, const struct mdt_body *body,
		  struct mdc_attr *attr)
{
	mdc_unpack_attr(attr, body);
	if ((attr->valid & OBD_MD_FLID) && !lustre_fid_is_sane(&attr->fid))
		return mdc_bad_reply(mdc, "senseless FID");
	if ((attr->valid & OBD_MD_FLTYPE) && !mdc_type_ok(attr->mode))
		return mdc_bad_reply(mdc, "unknown file type");
	if ((attr->valid & OBD_MD_FLSIZE) && attr->size > MDC_MAX_SIZE)
		return mdc_bad_reply(mdc, "senseless file size");
	if ((attr->valid & OBD_MD_DOM_SIZE) && attr->dom_size > MDC_MAX_SIZE)
		return mdc_bad_reply(mdc, "senseless size of data");
	if ((attr->valid & OBD_MD_DOM_SIZE) && attr->dom_size)
		WRITE_ONCE(mdc->lmv->data_seen, true);
	return 0;
}

/*
 * An LMV without stripes is none. Whatever else there may be, stripes, a part
 * of another directory, something foreign: names are not looked up in there.
 */
static bool mdc_lmv_striped(const struct lmv_mds_md_v1 *lmv, u32 len)
{
	return len < sizeof(*lmv) ||
	       lmv->lmv_magic != cpu_to_le32(LMV_MAGIC_V1) ||
	       lmv->lmv_stripe_count;
}

/* -1 and below: all targets, or several stripes on each of them */
static bool mdc_dmv_stripes(const struct lmv_user_md *dmv, u32 len)
{
	s32 count;

	if (len < sizeof(*dmv))
		return false;
	count = le32_to_cpu(dmv->lum_stripe_count);
	return count < 0 || count > 1;
}

/**
 * mdc_take_stripes - note what a reply tells about stripes of a directory
 * @attr: decoded attributes; all of MDC_WANT was asked for
 * @lmv: where the stripes are, MDT_MD
 * @lmv_len: its length, bytes
 * @dmv: what new subdirectories will be like
 * @dmv_len: its length, bytes; old servers don't tell
 *
 * Spec: 09 sections 7.1, 12.1, 12.4.
 */
void mdc_take_stripes(struct mdc_attr *attr, const void *lmv, u32 lmv_len,
		      const void *dmv, u32 dmv_len)
{
	attr->stripes = 0;
	if (!(attr->valid & OBD_MD_FLTYPE) || !S_ISDIR(attr->mode))
		return;
	attr->stripes = MDC_DIR_KNOWN;
	if ((attr->valid & OBD_MD_MEA) && mdc_lmv_striped(lmv, lmv_len))
		attr->stripes |= MDC_DIR_STRIPED;
	if ((attr->valid & OBD_MD_DEFAULT_MEA) && mdc_dmv_stripes(dmv, dmv_len))
		attr->stripes |= MDC_DIR_STRIPES;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_take_stripes);

/**
 * mdc_unpack_body - decode and check the attributes of a reply
 * @mdc: who sent it
 * @req: the request, answered
 * @buf: reply buffer with the record
 * @attr: filled in
 * @bodyp: NULL, or receives the record itself
 *
 * Return: 0 or -EPROTO.
 */
int mdc_unpack_body(struct mdc *mdc, struct ptlrpc_request *req,
		    unsigned int buf, struct mdc_attr *attr,
		    struct mdt_body **bodyp)
{
	struct mdt_body *body = ptlrpc_rep_buf(req, buf, sizeof(*body));

	if (!body)
		return mdc_bad_reply(mdc, "no attributes");
	if (bodyp)
		*bodyp = body;
	return mdc_take_body(mdc, body, attr);
}
EXPORT_SYMBOL_IF_KUNIT(mdc_unpack_body);

/**
 * mdc_take_acl - find the access control list in a reply
 * @mdc: who sent it
 * @rep: reply, attributes decoded
 * @body: its attribute record
 * @acl: the buffer, or NULL
 * @room: length of the buffer, bytes
 *
 * Return: 0 or -EPROTO.
 */
int mdc_take_acl(struct mdc *mdc, struct mdc_reply *rep,
		 const struct mdt_body *body, const void *acl, u32 room)
{
	u32 len = le32_to_cpu(body->mbo_aclsize);

	if (!(rep->attr.valid & OBD_MD_FLACL) || !len)
		return 0;
	if (len > room)
		return mdc_bad_reply(mdc, "ACL longer than its buffer");
	rep->acl = acl;
	rep->acl_len = len;
	return 0;
}

/**
 * mdc_unpack_ea - find the layout or link target in a reply
 * @mdc: who sent it
 * @rep: reply, request set
 * @body: its attribute record
 * @buf: reply buffer with the attribute
 *
 * Return: 0 or -EPROTO.
 */
int mdc_unpack_ea(struct mdc *mdc, struct mdc_reply *rep,
		  const struct mdt_body *body, unsigned int buf)
{
	u64 valid = le64_to_cpu(body->mbo_valid);
	u32 len = le32_to_cpu(body->mbo_eadatasize);

	if (!(valid & (OBD_MD_FLEASIZE | OBD_MD_LINKNAME)) || !len)
		return 0;
	if (len > ptlrpc_rep_buflen(rep->req, buf))
		return mdc_bad_reply(mdc, "attribute longer than its buffer");
	rep->ea = ptlrpc_rep_buf(rep->req, buf, len);
	rep->ea_len = len;
	if (valid & OBD_MD_FLEASIZE)
		lmv_ea_seen(mdc->lmv, len);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(mdc_unpack_ea);

/* One striping; @any: let it name no first target. */
static bool mdc_layout_part(void *ea, size_t len, bool any)
{
	struct lov_mds_md_v1 *lmm = ea;

	if (len < sizeof(*lmm))
		return false;
	switch (le32_to_cpu(lmm->lmm_magic)) {
	case LOV_MAGIC_V1:
		break;
	case LOV_MAGIC_V3:
	case LOV_MAGIC_SPECIFIC:
		if (len < sizeof(struct lov_mds_md_v3))
			return false;
		break;
	case LOV_MAGIC_FOREIGN:
		return true;
	default:
		return false;
	}
	if (any)
		lmm->lmm_stripe_offset = cpu_to_le16(LOV_OFFSET_DEFAULT);
	return true;
}

static bool mdc_layout_parts(struct lov_comp_md_v1 *comp, size_t len, bool any)
{
	u32 entries, off, size;

	if (len < sizeof(*comp))
		return false;
	entries = le16_to_cpu(comp->lcm_entry_count);
	if (struct_size(comp, lcm_entries, entries) > len)
		return false;
	for (u32 i = 0; i < entries; i++) {
		off = le32_to_cpu(comp->lcm_entries[i].lcme_offset);
		size = le32_to_cpu(comp->lcm_entries[i].lcme_size);
		if (off < struct_size(comp, lcm_entries, entries) ||
		    off % sizeof(__le64) || off > len || size > len - off ||
		    !mdc_layout_part((void *)comp + off, size, any))
			return false;
	}
	return entries;
}

bool mdc_layout_walk(void *ea, size_t len, bool any)
{
	const struct lov_comp_md_v1 *comp = ea;

	if (len < sizeof(comp->lcm_magic))
		return false;
	switch (le32_to_cpu(comp->lcm_magic)) {
	case LOV_MAGIC_COMP_V1:
	case LOV_MAGIC_SEL:
		return mdc_layout_parts(ea, len, any);
	}
	return mdc_layout_part(ea, len, any);
}
EXPORT_SYMBOL_IF_KUNIT(mdc_layout_walk);
