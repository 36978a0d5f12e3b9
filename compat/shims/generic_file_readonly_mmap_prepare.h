/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: generic_file_readonly_mmap_prepare
 * header: linux/fs.h
 * upstream: v6.17 generic_file_readonly_mmap_prepare()
 * unless: generic_file_readonly_mmap_prepare
 * order: 6
 * needs: generic_file_readonly_mmap kcompat_vma vm_area_desc vm_area_struct
 *	vm_file vm_ops
 * use: struct vm_area_desc *d: int rc =
 *	generic_file_readonly_mmap_prepare(d); (void)rc;
 *
 * note: Bare name and call as with generic_file_mmap_prepare().
 */
static inline int kcompat_readonly_mmap_prepare(struct vm_area_desc *desc)
{
	int rc = generic_file_readonly_mmap(desc->vm_file, desc->kcompat_vma);

	if (!rc)
		desc->vm_ops = desc->kcompat_vma->vm_ops;
	return rc;
}

static inline int (generic_file_readonly_mmap_prepare)(struct file *file,
						       struct vm_area_struct *vma)
{
	return generic_file_readonly_mmap(file, vma);
}

#define generic_file_readonly_mmap_prepare(desc) \
	kcompat_readonly_mmap_prepare(desc)
