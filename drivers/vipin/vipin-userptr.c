// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-userptr.c - check and pin user pointers around vb2-dma-contig's get_userptr
 *
 * A VM_IO or VM_PFNMAP mapping belongs to a driver, and drivers do not look at pin
 * counts. So its pages must not be pinned, whether or not they have a struct page. The
 * frame vector pins with pin_user_pages_fast(), which walks page tables and does not see
 * VMA flags: a page that a driver mapped with vm_insert_page() and that was touched
 * before looks like any other page. "The device drivers have to avoid calling _fast with
 * pages that live in VM_IO | VM_PFNMAP, by design" (the thread "[PATCH v5 05/15]
 * mm/frame-vector: Use FOLL_LONGTERM", November 2020). Policy strict keeps such pages away
 * from the frame vector, in four steps:
 *
 *	begin	watch the range for changes of its mapping (vipin-pin.c)
 *	check	check every VMA of the range (vipin-vma.c), and each page that a driver
 *		may have mapped (vipin-movable.c)
 *	pin	have vb2-dma-contig and the frame vector pin the range; before 5.12,
 *		take a long-term pin first (vipin-longterm.c)
 *	end	if anything changed the mapping meanwhile, undo the pin and start again
 *
 * No task can replace the mapping between check and pin without being noticed: munmap(),
 * MAP_FIXED and mremap() all invalidate the range. Breaking copy-on-write and migrating
 * pages out of CMA invalidate it, too. A change by the pin itself does not count: the page
 * that is mapped afterwards is the page that was pinned, and the pinning task cannot
 * replace the mapping meanwhile.
 */

#include <linux/dma-map-ops.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "vipin-compat.h"
#include "vipin.h"

/*
 * If a pin has to be undone so often, the program keeps replacing the mapping under its
 * own pointer. It must not hold the queue's lock forever.
 */
#define VIPIN_MAX_TRIES		16

/* vb2_dma_contig_memops, with get_userptr and put_userptr replaced. */
struct vb2_mem_ops vipin_memops;

static int vipin_check(struct vipin_verdict *verdict)
{
	int err = vipin_vmas_check(verdict);

	if (!err && verdict->look)
		err = vipin_movable_check(verdict);
	return err;
}

static void *vipin_pin(const struct vipin_pointer *ptr, struct vipin_verdict *verdict)
{
	void *mem_priv;
	int err;

	if (VIPIN_FRAME_VECTOR_PINS_LONG_TERM)
		mem_priv = vipin_dc_get_userptr(ptr);
	else
		mem_priv = vipin_longterm_get_userptr(ptr, verdict);
	if (!VIPIN_FRAME_VECTOR_FORCES || IS_ERR(mem_priv))
		return mem_priv;

	/*
	 * A forced pin ignores permissions, and mprotect() calls no notifier for pages
	 * that are not present. All pages are present now, so check again.
	 */
	err = vipin_check(verdict);
	if (!err)
		return mem_priv;
	vb2_dma_contig_memops.put_userptr(mem_priv);
	return ERR_PTR(err);
}

/* A signal came. The system call is restarted unless the program wants EINTR. */
static void *vipin_interrupted(struct vipin_verdict *verdict)
{
	vipin_verdict_set(verdict, VIPIN_BY_RACE, VIPIN_REASON_SIGNAL,
			  "a signal came before the mapping could be pinned unchanged");
	return ERR_PTR(-ERESTARTSYS);
}

/* Check and pin until nothing changes the mapping in between. */
static void *vipin_pin_strict(const struct vipin_pointer *ptr, struct vipin_pin *pin,
			      struct vipin_verdict *verdict)
{
	unsigned int tries;
	void *mem_priv;
	int err;

	for (tries = 0; tries < VIPIN_MAX_TRIES; tries++) {
		if (tries && signal_pending(current))
			return vipin_interrupted(verdict);

		vipin_pin_begin(pin);
		err = vipin_check(verdict);
		if (err)
			return ERR_PTR(err);
		mem_priv = vipin_pin(ptr, verdict);
		if (vipin_pin_end(pin) || mem_priv == ERR_PTR(-EINTR))
			return mem_priv;

		/* The result is about a mapping that no longer exists. */
		if (!IS_ERR(mem_priv))
			vb2_dma_contig_memops.put_userptr(mem_priv);
		verdict->by = VIPIN_BY_NOBODY;
	}
	vipin_verdict_set(verdict, VIPIN_BY_RACE, VIPIN_REASON_CHANGING,
			  "the mapping changed during each of %u pins", tries);
	return ERR_PTR(-EAGAIN);
}

/*
 * Does vb2_dc_get_userptr() want alignment although the device is coherent? A patch for upstream
 * ends that. To find out, hand over an odd address beyond user memory: another errno than EINVAL
 * means that the alignment does not matter.
 */
static bool vipin_dc_always_aligns(const struct vipin_pointer *ptr)
{
	struct vipin_pointer odd = *ptr;
	void *mem_priv;

	odd.vaddr = TASK_SIZE | 1;
	mem_priv = vipin_dc_get_userptr(&odd);
	if (!WARN_ON_ONCE(!IS_ERR(mem_priv)))
		return PTR_ERR(mem_priv) == -EINVAL;
	vb2_dma_contig_memops.put_userptr(mem_priv);
	return false;
}

/* Does vb2_dc_get_userptr() refuse a pointer because of its alignment? */
static bool vipin_misaligned(const struct vipin_pointer *ptr)
{
	if (IS_ALIGNED(ptr->vaddr | ptr->size, dma_get_cache_alignment()))
		return false;
	return !dev_is_dma_coherent(ptr->dev) || vipin_dc_always_aligns(ptr);
}

/* Pin a user pointer with policy strict, and watch its range as long as it is pinned. */
static void *vipin_get_strict(const struct vipin_pointer *ptr, struct vipin_pin *pin,
			      struct vipin_verdict *verdict)
{
	unsigned long start = verdict->vaddr;
	int err;

	/* vb2_dc_get_userptr() looks at this first. vipin_explain() finds the reason. */
	if (vipin_misaligned(ptr))
		return ERR_PTR(-EINVAL);

	/* The errno is that of gup_fast_fallback() in mm/gup.c. */
	if (vipin_range_wraps(verdict)) {
		vipin_verdict_set(verdict, VIPIN_BY_VMA_CHECK, VIPIN_REASON_BEYOND_LAST_ADDRESS,
				  "the range reaches beyond the last address");
		return ERR_PTR(-EOVERFLOW);
	}
	/* On arm64, TASK_SIZE_MAX is that of a CPU with more address bits than this one. */
	if (start > TASK_SIZE || verdict->size > TASK_SIZE - start) {
		vipin_verdict_set(verdict, VIPIN_BY_VMA_CHECK, VIPIN_REASON_BEYOND_USER_MEMORY,
				  "the range reaches beyond user memory");
		return ERR_PTR(-EFAULT);
	}

	err = vipin_pin_watch(pin, start, verdict->size);
	if (err == -EINTR) {
		/* Any signal interrupts mm_take_all_locks(). */
		return vipin_interrupted(verdict);
	}
	if (err) {
		vipin_verdict_set(verdict, VIPIN_BY_MEMORY, VIPIN_REASON_NO_MEMORY,
				  "no MMU notifier could be registered");
		return ERR_PTR(err);
	}
	return vipin_pin_strict(ptr, pin, verdict);
}

/* Pin a user pointer with the node's policy, and record the verdict. */
static void *vipin_get_by_policy(const struct vipin_pointer *ptr)
{
	struct vipin_dev *vipin = dev_get_drvdata(ptr->dev);
	bool write = ptr->direction != DMA_TO_DEVICE;
	struct vipin_node *node = write ? vipin->capture : vipin->output;
	struct vipin_verdict verdict = {
		/* VMAs and MMU notifiers have addresses without tags. */
		.vaddr = untagged_addr(ptr->vaddr),
		.size = ptr->size,
		.write = write,
		.policy = node->policy,
	};
	struct vipin_pin *pin = vipin_pin_create(node, &verdict);
	void *mem_priv;

	if (IS_ERR(pin))
		mem_priv = pin;
	else if (verdict.policy == VIPIN_POLICY_STRICT)
		mem_priv = vipin_get_strict(ptr, pin, &verdict);
	else
		mem_priv = vipin_dc_get_userptr(ptr);

	verdict.err = PTR_ERR_OR_ZERO(mem_priv);
	/* ERESTARTSYS is for the kernel only. Programs get EINTR. */
	if (verdict.err == -ERESTARTSYS)
		verdict.err = -EINTR;
	if (!verdict.err)
		vipin_verdict_set(&verdict, VIPIN_BY_NOBODY, VIPIN_REASON_PINNED, "pinned");
	else if (verdict.by == VIPIN_BY_NOBODY)
		vipin_explain(node, &verdict);
	vipin_verdict_record(node, &verdict);

	if (!IS_ERR(mem_priv))
		vipin_pin_add(pin, mem_priv);
	else if (!IS_ERR(pin))
		vipin_pin_destroy(pin);
	return mem_priv;
}

/* vb2's memory operation get_userptr: vb2 calls it for QBUF and PREPARE_BUF. */
#if VIPIN_GET_USERPTR_HAS_BUFFER
static void *vipin_get_userptr(struct vb2_buffer *vb, struct device *dev,
			       unsigned long vaddr, unsigned long size)
{
	const struct vipin_pointer ptr = {
		.vb = vb,
		.dev = dev,
		.vaddr = vaddr,
		.size = size,
		.direction = vb->vb2_queue->dma_dir,
	};

	return vipin_get_by_policy(&ptr);
}
#else
static void *vipin_get_userptr(struct device *dev, unsigned long vaddr, unsigned long size,
			       enum dma_data_direction direction)
{
	const struct vipin_pointer ptr = {
		.dev = dev,
		.vaddr = vaddr,
		.size = size,
		.direction = direction,
	};

	return vipin_get_by_policy(&ptr);
}
#endif

/* vb2's memory operation put_userptr. */
static void vipin_put_userptr(void *mem_priv)
{
	struct vipin_pin *pin = vipin_pin_remove(mem_priv);

	vb2_dma_contig_memops.put_userptr(mem_priv);
	vipin_pin_destroy(pin);
}

/**
 * vipin_userptr_init() - set up vipin_memops from vb2-dma-contig's memory operations
 */
void vipin_userptr_init(void)
{
	vipin_memops = vb2_dma_contig_memops;
	vipin_memops.get_userptr = vipin_get_userptr;
	vipin_memops.put_userptr = vipin_put_userptr;
}
