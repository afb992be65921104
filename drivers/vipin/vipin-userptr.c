// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-userptr.c - which user pointers may be pinned: the check around
 * vb2-dma-contig's get_userptr
 *
 * A VM_IO or VM_PFNMAP mapping belongs to a driver that never looks at pin
 * counts, so its pages must not be pinned, whether or not they have a struct
 * page. The frame vector pins with pin_user_pages_fast(), which walks page
 * tables and cannot see VMA flags: a page that a driver put there by
 * vm_insert_page() and that was touched before looks like any other. So "the
 * device drivers have to avoid calling _fast with pages that live in VM_IO |
 * VM_PFNMAP, by design" (the thread "[PATCH v5 05/15] mm/frame-vector: Use
 * FOLL_LONGTERM", November 2020). That is what policy strict does:
 *
 *	have an MMU interval notifier on the range tell of every change
 *	look at every VMA of the range, under the mmap lock, and where a driver
 *	may have put pages, at these (vipin-movable.c)
 *	before 5.12, pin for long (vipin-longterm.c)
 *	have vb2-dma-contig and the frame vector pin
 *	if the notifier has told of one, all is undone and repeated
 *
 * Whoever swaps the mapping between the look and the pin (munmap, MAP_FIXED,
 * mremap) has to invalidate the range, so no window is left between the two.
 * Breaking copy-on-write and migrating out of CMA invalidate too. What the pin does
 * of that itself is no change: it ends with the page that it has pinned, and its
 * task cannot swap anything meanwhile.
 */

#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin.h"

/*
 * A pin that keeps being undone is a program that keeps swapping the mapping
 * under its own pointer. It shall not keep the device's lock for it.
 */
#define VIPIN_MAX_TRIES		16

/**
 * struct vipin_pin - a range that policy strict has pinned, or is about to
 * @node:	its place in vipin_pins, while pinned
 * @mem_priv:	what vb2-dma-contig calls it, the key there
 * @notifier:	hears of every change of the mapping, for the pin's whole life
 * @pinner:	the task that is about to pin, and NULL when it has
 */
struct vipin_pin {
	struct hlist_node node;
	void *mem_priv;
	struct mmu_interval_notifier notifier;
	struct task_struct *pinner;
	/** @lock: guards @pinner, @changed and the notifier's sequence number */
	spinlock_t lock;
	/** @changed: the mapping did, or may have, since the check */
	bool changed;
};

/*
 * vb2 gives put_userptr nothing but vb2-dma-contig's own pointer, so the way
 * from there to the pin is a table.
 */
static DEFINE_HASHTABLE(vipin_pins, 8);
static DEFINE_SPINLOCK(vipin_pins_lock);

/* vb2_dma_contig_memops with get_userptr and put_userptr replaced. */
struct vb2_mem_ops vipin_memops;

static bool vipin_pin_invalidate(struct mmu_interval_notifier *notifier,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	struct vipin_pin *pin = container_of(notifier, struct vipin_pin, notifier);

	/* The pages stay pinned: all there is to do is to know. */
	spin_lock(&pin->lock);
	mmu_interval_set_seq(notifier, seq);
	if (current != pin->pinner)
		pin->changed = true;
	spin_unlock(&pin->lock);
	return true;
}

static const struct mmu_interval_notifier_ops vipin_pin_ops = {
	.invalidate = vipin_pin_invalidate,
};

/*
 * From here on, whatever changes is told: what was about to be changed before, too, as
 * it is waited for. That it was told of is not enough, since it may yet be done.
 */
static void vipin_pin_begin(struct vipin_pin *pin)
{
	spin_lock(&pin->lock);
	pin->pinner = current;
	pin->changed = false;
	spin_unlock(&pin->lock);
	mmu_interval_read_begin(&pin->notifier);
}

/* Did nothing change since vipin_pin_begin(), but by the pin itself? */
static bool vipin_pin_end(struct vipin_pin *pin)
{
	bool changed;

	spin_lock(&pin->lock);
	pin->pinner = NULL;
	changed = pin->changed;
	spin_unlock(&pin->lock);
	return !changed;
}

/* Has it since then? */
static bool vipin_pin_changed(struct vipin_pin *pin)
{
	bool changed;

	spin_lock(&pin->lock);
	changed = pin->changed;
	spin_unlock(&pin->lock);
	return changed;
}

static struct vipin_pin *vipin_pin_create(unsigned long vaddr, unsigned long size)
{
	unsigned long start = vaddr & PAGE_MASK;
	struct vipin_pin *pin;
	int err;

	pin = kzalloc_obj(*pin);
	if (!pin)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&pin->lock);
	err = mmu_interval_notifier_insert(&pin->notifier, current->mm, start,
					   PAGE_ALIGN(vaddr + size) - start,
					   &vipin_pin_ops);
	if (err) {
		kfree(pin);
		return ERR_PTR(err);
	}
	return pin;
}

static void vipin_pin_destroy(struct vipin_pin *pin)
{
	mmu_interval_notifier_remove(&pin->notifier);
	kfree(pin);
}

static void vipin_pin_add(struct vipin_pin *pin, void *mem_priv)
{
	pin->mem_priv = mem_priv;
	spin_lock(&vipin_pins_lock);
	hash_add(vipin_pins, &pin->node, (unsigned long)mem_priv);
	spin_unlock(&vipin_pins_lock);
}

/* NULL for what policy kernel has pinned: that has no notifier. */
static struct vipin_pin *vipin_pin_find(void *mem_priv)
{
	struct vipin_pin *pin;

	lockdep_assert_held(&vipin_pins_lock);
	hash_for_each_possible(vipin_pins, pin, node, (unsigned long)mem_priv)
		if (pin->mem_priv == mem_priv)
			return pin;
	return NULL;
}

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

static void vipin_vma_reason(struct vipin_verdict *verdict,
			     struct vm_area_struct *vma, const char *law)
{
	vipin_verdict_vma(verdict, vma, law);
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
	struct mm_struct *mm = current->mm;
	unsigned long start = untagged_addr(verdict->vaddr);
	unsigned long end = start + verdict->size;
	struct vm_area_struct *vma;
	unsigned long addr;
	const char *law;
	int err = 0;

	if (mmap_read_lock_killable(mm)) {
		strscpy(verdict->reason, "the task is being killed",
			sizeof(verdict->reason));
		return -EINTR;
	}

	for (addr = start; addr < end; addr = vma->vm_end) {
		vma = find_vma(mm, addr);
		if (!vma || vma->vm_start > addr) {
			snprintf(verdict->reason, sizeof(verdict->reason),
				 "nothing is mapped at +0x%lx", addr - start);
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
			vipin_vma_reason(verdict, vma, law);
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

/* Check and pin with nothing changed between. */
static void *vipin_pin_strict(const struct vipin_request *req,
			      struct vipin_pin *pin, struct vipin_verdict *verdict)
{
	struct vipin_longterm hold;
	unsigned int tries;
	void *mem_priv;
	int err;

	for (tries = 0; tries < VIPIN_MAX_TRIES; tries++) {
		if (tries && signal_pending(current)) {
			err = -ERESTARTSYS;
			goto race;
		}

		vipin_pin_begin(pin);
		err = vipin_userptr_check(verdict);
		if (err) {
			verdict->by = VIPIN_BY_VMA_CHECK;
			return ERR_PTR(err);
		}
		err = verdict->look ? vipin_movable_check(verdict) : 0;
		if (err)
			return ERR_PTR(err);
		err = vipin_longterm_pin(&hold, verdict);
		if (err)
			return ERR_PTR(err);

		mem_priv = vipin_dc_get_userptr(req);
		vipin_longterm_unpin(&hold);
		if (IS_ERR(mem_priv))
			return mem_priv;
		if (vipin_pin_end(pin))
			return mem_priv;
		vb2_dma_contig_memops.put_userptr(mem_priv);
	}
	err = -EAGAIN;
race:
	verdict->by = VIPIN_BY_RACE;
	snprintf(verdict->reason, sizeof(verdict->reason),
		 "the mapping changed during each of %u pins", tries);
	return ERR_PTR(err);
}

static void *vipin_get_strict(const struct vipin_request *req,
			      struct vipin_verdict *verdict)
{
	unsigned long start = untagged_addr(req->vaddr);
	struct vipin_pin *pin;
	unsigned long end;
	void *mem_priv;

	/* What GUP says to the same, gup_fast_fallback() in mm/gup.c. */
	if (check_add_overflow(start, req->size, &end)) {
		verdict->by = VIPIN_BY_VMA_CHECK;
		strscpy(verdict->reason, "reaches beyond the last address",
			sizeof(verdict->reason));
		return ERR_PTR(-EOVERFLOW);
	}
	if (start > TASK_SIZE_MAX || req->size > TASK_SIZE_MAX - start) {
		verdict->by = VIPIN_BY_VMA_CHECK;
		strscpy(verdict->reason, "reaches beyond user memory",
			sizeof(verdict->reason));
		return ERR_PTR(-EFAULT);
	}

	/* Inserted with no mmap lock held: the insertion takes it. */
	pin = vipin_pin_create(start, req->size);
	if (IS_ERR(pin)) {
		verdict->by = VIPIN_BY_MEMORY;
		strscpy(verdict->reason, "no MMU notifier could be registered",
			sizeof(verdict->reason));
		return ERR_CAST(pin);
	}

	mem_priv = vipin_pin_strict(req, pin, verdict);
	if (IS_ERR(mem_priv))
		vipin_pin_destroy(pin);
	else
		vipin_pin_add(pin, mem_priv);
	return mem_priv;
}

static void *vipin_get_userptr(VIPIN_GET_USERPTR_PARAMS)
{
	const struct vipin_request req = VIPIN_REQUEST;
	struct vipin_dev *vipin = dev_get_drvdata(dev);
	bool write = req.direction != DMA_TO_DEVICE;
	struct vipin_node *node = write ? &vipin->capture : &vipin->output;
	struct vipin_verdict verdict = {
		.vaddr = vaddr,
		.size = size,
		.write = write,
		.policy = node->policy,
	};
	void *mem_priv;

	if (verdict.policy == VIPIN_POLICY_STRICT)
		mem_priv = vipin_get_strict(&req, &verdict);
	else
		mem_priv = vipin_dc_get_userptr(&req);

	verdict.err = PTR_ERR_OR_ZERO(mem_priv);
	if (!verdict.err)
		strscpy(verdict.reason, "pinned", sizeof(verdict.reason));
	else if (verdict.by == VIPIN_BY_NOBODY)
		vipin_explain(node, &verdict);
	vipin_verdict_record(node, &verdict);
	return mem_priv;
}

static void vipin_put_userptr(void *mem_priv)
{
	struct vipin_pin *pin;

	spin_lock(&vipin_pins_lock);
	pin = vipin_pin_find(mem_priv);
	if (pin)
		hash_del(&pin->node);
	spin_unlock(&vipin_pins_lock);

	vb2_dma_contig_memops.put_userptr(mem_priv);
	if (pin)
		vipin_pin_destroy(pin);
}

/**
 * vipin_userptr_recheck() - drop a pin whose mapping has changed
 * @vb:		a buffer about to be queued
 *
 * vb2 takes a pointer that it knows for the memory that it pinned, whatever is
 * mapped there by now. Under policy strict every byte of a frame shall arrive
 * through the user's own mapping, so make vb2 forget the pointer: it is checked
 * and pinned anew then.
 *
 * Context: the queue's lock is held.
 */
void vipin_userptr_recheck(struct vb2_buffer *vb)
{
	struct vipin_node *node = vb2_get_drv_priv(vb->vb2_queue);
	struct vipin_pin *pin;
	unsigned int i;

	if (vb->memory != VB2_MEMORY_USERPTR || vb->state != VB2_BUF_STATE_DEQUEUED)
		return;

	spin_lock(&vipin_pins_lock);
	for (i = 0; i < vb->num_planes && vb->planes[i].mem_priv; i++) {
		pin = vipin_pin_find(vb->planes[i].mem_priv);
		if (pin && vipin_pin_changed(pin)) {
			vb->planes[i].m.userptr = 0;
			node->repinned++;
		}
	}
	spin_unlock(&vipin_pins_lock);
}

/**
 * vipin_userptr_init() - derive vipin's memory operations from vb2-dma-contig's
 */
void vipin_userptr_init(void)
{
	vipin_memops = vb2_dma_contig_memops;
	vipin_memops.get_userptr = vipin_get_userptr;
	vipin_memops.put_userptr = vipin_put_userptr;
}
