// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-vma.c - what the VMAs under a user pointer say about a pin
 */

#include <linux/fs.h>
#include <linux/mm.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * vipin_vma_law() - which law forbids to pin from a VMA; its flags alone decide
 * @vm_flags:	the flags
 * @write:	the device writes to the memory
 *
 * Return: what the VMA is, as the words that follow its name, or NULL if nothing
 * forbids it.
 */
const char *vipin_vma_law(unsigned long vm_flags, bool write)
{
	switch (vm_flags & (VM_IO | VM_PFNMAP)) {
	case VM_IO | VM_PFNMAP:
		return "is VM_IO|VM_PFNMAP";
	case VM_IO:
		return "is VM_IO";
	case VM_PFNMAP:
		return "is VM_PFNMAP";
	}
	if (write && !(vm_flags & VM_WRITE))
		return "may not be written";
	if (!write && !(vm_flags & VM_READ))
		return "may not be read";
	return NULL;
}

/*
 * What writable_file_mapping_allowed() in mm/gup.c refuses since 6.5: a shared
 * mapping of what has to hear of writes before they happen. All file systems that
 * write mapped pages back ask for that. DAX is refused for itself.
 */
static bool vipin_vma_tracks_writes(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_SHARED) && !vma_is_dax(vma) && vma->vm_ops &&
	       (vma->vm_ops->page_mkwrite || vma->vm_ops->pfn_mkwrite);
}

/**
 * vipin_vmas_check() - look at every VMA under a user pointer
 * @verdict:	the pointer, size and direction; on refusal the reason is set. Whether
 *		to look at pages, too, is set in any case
 * @permissions: whether to ask what the process may do there, too; if not, all is
 *		asked that frame vectors did before 5.12
 *
 * Context: process context of the pointer's owner; takes the mmap lock.
 * Return: 0, or
 *
 * * -EFAULT if a part of the range is not mapped, is VM_IO or VM_PFNMAP, or may
 *   not be accessed by the device in its direction: what GUP's slow path says to
 *   the same (check_vma_flags() in mm/gup.c)
 * * -EOPNOTSUPP if it is file system DAX, and no permissions are asked for
 * * -EINTR if the task is being killed
 */
int vipin_vmas_check(struct vipin_verdict *verdict, bool permissions)
{
	unsigned long end = verdict->vaddr + verdict->size;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long addr;
	const char *law;
	int err = 0;

	if (mmap_read_lock_killable(mm)) {
		strscpy(verdict->reason, "the task is being killed",
			sizeof(verdict->reason));
		return -EINTR;
	}

	for (addr = verdict->vaddr; addr < end; addr = vma->vm_end) {
		vma = find_vma(mm, addr);
		if (!vma || vma->vm_start > addr) {
			snprintf(verdict->reason, sizeof(verdict->reason),
				 "nothing is mapped at +0x%lx", addr - verdict->vaddr);
			err = -EFAULT;
			break;
		}
		law = vipin_vma_law(vma->vm_flags | (permissions ? 0 : VM_READ | VM_WRITE),
				    verdict->write);
		if (!law && permissions && verdict->write && vipin_vma_tracks_writes(vma))
			law = "belongs to a file that must see every write to it";
		if (law)
			err = -EFAULT;
		if (!law && !permissions && vma_is_fsdax(vma)) {
			law = "is file system DAX";
			err = -EOPNOTSUPP;
		}
		if (law) {
			vipin_verdict_vma(verdict, vma, law);
			break;
		}
		verdict->look |= vipin_vma_may_have_drivers_pages(vma);
	}

	mmap_read_unlock(mm);
	return err;
}

/**
 * vipin_userptr_check() - what policy strict asks of the VMAs under a user pointer
 * @verdict:	the pointer, size and direction; on refusal the reason is set
 *
 * Return: as vipin_vmas_check().
 */
int vipin_userptr_check(struct vipin_verdict *verdict)
{
	return vipin_vmas_check(verdict, true);
}
