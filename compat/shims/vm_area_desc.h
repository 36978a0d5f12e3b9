/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shim: vm_area_desc
 * names: vm_area_desc kcompat_mmap_prepare
 * header: linux/fs.h
 * upstream: v6.16 ->mmap_prepare() is shown a description instead of the VMA
 * unless: vm_area_desc
 * include: linux/mm.h
 * needs: mm_struct pgoff_t pgprot_t vm_area_struct vm_end vm_mm
 *	vm_operations_struct vm_page_prot vm_pgoff vm_private_data vm_start
 *
 * note: The description carries the VMA itself here, for the helpers.
 */
struct vm_area_desc {
	struct mm_struct *mm;
	struct file *file;
	unsigned long start;
	unsigned long end;
	pgoff_t pgoff;
	struct file *vm_file;
	pgprot_t page_prot;
	const struct vm_operations_struct *vm_ops;
	void *private_data;
	struct vm_area_struct *kcompat_vma;
};

static inline int
kcompat_mmap_prepare(struct file *file, struct vm_area_struct *vma,
		     int (*prepare)(struct vm_area_desc *desc))
{
	struct vm_area_desc desc = {
		.mm = vma->vm_mm,
		.file = file,
		.start = vma->vm_start,
		.end = vma->vm_end,
		.pgoff = vma->vm_pgoff,
		.vm_file = vma->vm_file,
		.page_prot = vma->vm_page_prot,
		.private_data = vma->vm_private_data,
		.kcompat_vma = vma,
	};
	int rc = prepare(&desc);

	if (rc)
		return rc;
	vma->vm_pgoff = desc.pgoff;
	vma->vm_page_prot = desc.page_prot;
	if (desc.vm_ops)
		vma->vm_ops = desc.vm_ops;
	vma->vm_private_data = desc.private_data;
	return 0;
}
