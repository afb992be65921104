// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-vma.c - may a device pin from the VMAs under a user pointer?
 */

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "vipin-compat.h"
#include "vipin.h"

/* All control characters, and the backslash, which introduces an escape. */
static const char vipin_escaped[] =
	"\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020"
	"\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037\177\\";

/**
 * vipin_vma_refusal() - decide by a VMA's flags whether it may be pinned from
 * @vm_flags:	the flags
 * @write:	the device writes to the memory
 *
 * The rules are those of check_vma_flags() in mm/gup.c.
 *
 * Return: the reason why it may not, or %VIPIN_REASON_PINNED if it may.
 */
enum vipin_reason vipin_vma_refusal(unsigned long vm_flags, bool write)
{
	if (vm_flags & VM_PFNMAP)
		return VIPIN_REASON_VMA_PFNMAP;
	if (vm_flags & VM_IO)
		return VIPIN_REASON_VMA_IO;
	if (write && !(vm_flags & VM_WRITE))
		return VIPIN_REASON_NOT_WRITABLE;
	if (!write && !(vm_flags & VM_READ))
		return VIPIN_REASON_NOT_READABLE;
	return VIPIN_REASON_PINNED;
}

/**
 * vipin_range_wraps() - check whether the pages of a range end after the last address
 * @verdict:	its pointer and size
 *
 * gup_fast_fallback() in mm/gup.c checks this first, and counts in whole pages.
 *
 * Return: true if they do.
 */
bool vipin_range_wraps(const struct vipin_verdict *verdict)
{
	unsigned long end;

	return check_add_overflow(verdict->vaddr, verdict->size, &end) || PAGE_ALIGN(end) < end;
}

/*
 * Must the file system be notified before each write? Then
 * writable_file_mapping_allowed() in mm/gup.c refuses a pin for writing since 6.5. Every
 * file system that writes mapped pages back has one of these operations. DAX has a
 * reason of its own.
 */
static bool vipin_vma_tracks_writes(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_SHARED) && !vma_is_dax(vma) && vma->vm_ops &&
	       (vma->vm_ops->page_mkwrite || vma->vm_ops->pfn_mkwrite);
}

/*
 * Get the end of a file's path, escaped as in /proc/PID/maps. Any user can choose the
 * name of a file, and it must not look like another verdict.
 */
static const char *vipin_file_name(struct file *file, char *buf, size_t most)
{
	char *path = file_path(file, buf, PATH_MAX);
	size_t length;
	int escaped;

	if (IS_ERR(path))
		return NULL;
	/* The path ends where @buf does, so its escaped end fits in front of it. */
	length = strlen(path);
	if (length > most)
		path += length - most;
	escaped = string_escape_mem(path, strlen(path), buf, 4 * most, ESCAPE_OCTAL,
				    vipin_escaped);
	buf[escaped] = 0;
	return buf;
}

/* Append the path of the mapped file to a verdict's sentence, or as much of its end as fits. */
static void vipin_vma_append_file(struct vipin_verdict *verdict, struct file *file)
{
	const size_t size = sizeof(verdict->sentence);
	size_t used = strlen(verdict->sentence);
	const char *name = NULL;
	const char *cut = "";
	size_t length;
	char *buf;

	if (!file) {
		strscpy(verdict->sentence + used, "(anonymous)", size - used);
		return;
	}

	used += scnprintf(verdict->sentence + used, size - used, "(file ");
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (buf)
		name = vipin_file_name(file, buf, size);
	if (!name)
		name = "of unknown name";
	length = strlen(name);
	if (used + length + sizeof(")") > size) {
		cut = "...";
		name += length - (size - used - sizeof("...)"));
	}
	snprintf(verdict->sentence + used, size - used, "%s%s)", cut, name);
	kfree(buf);
}

static const char *vipin_vma_words(const struct vm_area_struct *vma, enum vipin_reason reason)
{
	switch (reason) {
	case VIPIN_REASON_VMA_PFNMAP:
		return vma->vm_flags & VM_IO ? "is VM_IO|VM_PFNMAP" : "is VM_PFNMAP";
	case VIPIN_REASON_VMA_IO:
		return "is VM_IO";
	case VIPIN_REASON_NOT_WRITABLE:
		return "is not writable";
	case VIPIN_REASON_NOT_READABLE:
		return "is not readable";
	case VIPIN_REASON_TRACKS_WRITES:
		return "maps a file whose file system must be notified of every write";
	case VIPIN_REASON_FSDAX:
		return "is file system DAX";
	default:
		return "must not be pinned from";
	}
}

/**
 * vipin_vma_refuse() - record a VMA as the reason of a verdict
 * @verdict:	decider, reason, offset and sentence are set
 * @by:		what decided
 * @vma:	the VMA
 * @addr:	where the VMA and the range under the pointer begin to overlap
 * @reason:	why the VMA may not be pinned from
 *
 * %VIPIN_REASON_NOT_WRITABLE for an output device means that this kernel pins output
 * buffers for writing, too.
 *
 * Context: the mmap lock is held.
 */
void vipin_vma_refuse(struct vipin_verdict *verdict, enum vipin_decider by,
		      const struct vm_area_struct *vma, unsigned long addr,
		      enum vipin_reason reason)
{
	bool for_writing = reason == VIPIN_REASON_NOT_WRITABLE && !verdict->write;

	vipin_verdict_set(verdict, by, reason, "VMA %lx-%lx %s%s ", vma->vm_start, vma->vm_end,
			  vipin_vma_words(vma, reason), for_writing ? VIPIN_FOR_WRITING : "");
	vipin_vma_append_file(verdict, vma->vm_file);
	vipin_verdict_set_offset(verdict, addr - verdict->vaddr);
	verdict->pinned_for_writing = for_writing;
}

/*
 * Check every VMA under a user pointer. With @permissions, also check what the process may
 * do there, as policy strict does. Without @permissions, refuse DAX, as the frame vector
 * did before 5.12.
 */
static int vipin_vmas_walk(struct vipin_verdict *verdict, enum vipin_decider by,
			   bool permissions)
{
	unsigned long end = verdict->vaddr + verdict->size;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	enum vipin_reason reason;
	unsigned long addr;
	int err = 0;

	if (mmap_read_lock_killable(mm)) {
		vipin_verdict_set(verdict, by, VIPIN_REASON_KILLED, "the task is being killed");
		return -EINTR;
	}

	for (addr = verdict->vaddr; addr < end; addr = vma->vm_end) {
		vma = find_vma(mm, addr);
		if (!vma || vma->vm_start > addr) {
			vipin_verdict_set(verdict, by, VIPIN_REASON_NOT_MAPPED,
					  "nothing is mapped at +0x%lx", addr - verdict->vaddr);
			vipin_verdict_set_offset(verdict, addr - verdict->vaddr);
			err = -EFAULT;
			break;
		}
		reason = vipin_vma_refusal(vma->vm_flags | (permissions ? 0 : VM_READ | VM_WRITE),
					   verdict->write);
		if (!reason && permissions && verdict->write && vipin_vma_tracks_writes(vma))
			reason = VIPIN_REASON_TRACKS_WRITES;
		if (!reason && !permissions && vma_is_fsdax(vma))
			reason = VIPIN_REASON_FSDAX;
		if (reason) {
			vipin_vma_refuse(verdict, by, vma, addr, reason);
			err = reason == VIPIN_REASON_FSDAX ? -EOPNOTSUPP : -EFAULT;
			break;
		}
		verdict->look |= vipin_vma_may_have_drivers_pages(vma);
	}

	mmap_read_unlock(mm);
	return err;
}

/**
 * vipin_vmas_check() - check every VMA under a user pointer, for policy strict
 * @verdict:	the pointer, size and direction; a refusal sets decider and reason.
 *		@verdict.look is set in any case
 *
 * Context: process context of the pointer's owner; takes the mmap lock.
 * Return: 0, or
 *
 * * -EFAULT if a part of the range is not mapped, is VM_IO or VM_PFNMAP, must not be
 *   accessed in the device's direction, or belongs to a file that tracks writes. GUP's
 *   slow path returns the same (check_vma_flags() in mm/gup.c)
 * * -EINTR if the task is being killed
 */
int vipin_vmas_check(struct vipin_verdict *verdict)
{
	return vipin_vmas_walk(verdict, VIPIN_BY_VMA_CHECK, true);
}

/**
 * vipin_vmas_check_for_frame_vector() - check VMAs as the frame vector did before 5.12
 * @verdict:	the pointer, size and direction; a refusal sets decider and reason
 *
 * Context: process context of the pointer's owner; takes the mmap lock.
 * Return: 0, or
 *
 * * -EFAULT if a part of the range is not mapped, or is VM_IO or VM_PFNMAP
 * * -EOPNOTSUPP if a part of it is file system DAX
 * * -EINTR if the task is being killed
 */
int vipin_vmas_check_for_frame_vector(struct vipin_verdict *verdict)
{
	return vipin_vmas_walk(verdict, VIPIN_BY_FRAME_VECTOR, false);
}
