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
 *	begin	note every change of the range (vipin-pin.c)
 *	check	look at every VMA of the range (vipin-vma.c), and where a driver
 *		may have put pages, at these (vipin-movable.c)
 *	pin	have vb2-dma-contig and the frame vector pin; before 5.12, pin for
 *		long first (vipin-longterm.c)
 *	end	if anything changed the mapping meanwhile, undo the pin and repeat
 *
 * A task that swaps the mapping between check and pin (munmap, MAP_FIXED, mremap)
 * has to invalidate the range, so no window is left between the two. Breaking
 * copy-on-write and migrating out of CMA invalidate the range, too. Where the pin
 * itself does that, it does not count as a change: the pin ends with the page that
 * it has pinned, and its task cannot swap anything meanwhile.
 */

#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "vipin-compat.h"
#include "vipin.h"

/*
 * A pin that keeps being undone is a program that keeps swapping the mapping
 * under its own pointer. It must not hold the queue's lock for ever.
 */
#define VIPIN_MAX_TRIES		16

/* vb2_dma_contig_memops with get_userptr and put_userptr replaced. */
struct vb2_mem_ops vipin_memops;

static int vipin_check(struct vipin_verdict *verdict)
{
	int err = vipin_vmas_check(verdict);

	if (!err && verdict->look)
		err = vipin_movable_check(verdict);
	return err;
}

static void *vipin_pin(const struct vipin_request *req, struct vipin_verdict *verdict)
{
	void *mem_priv = vipin_longterm_get_userptr(req, verdict);
	int err;

	if (!VIPIN_FRAME_VECTOR_FORCES || IS_ERR(mem_priv))
		return mem_priv;

	/*
	 * mprotect() notifies nobody where no page is there yet, and a pin by
	 * force does not ask for permission. Now all pages are there.
	 */
	err = vipin_check(verdict);
	if (!err)
		return mem_priv;
	vb2_dma_contig_memops.put_userptr(mem_priv);
	return ERR_PTR(err);
}

/* A signal came. The call begins again after it, unless the program asked for EINTR. */
static void *vipin_interrupted(struct vipin_verdict *verdict)
{
	vipin_verdict_set(verdict, VIPIN_BY_RACE, VIPIN_REASON_SIGNAL,
			  "a signal came before the mapping could be pinned unchanged");
	return ERR_PTR(-ERESTARTSYS);
}

/* Check and pin, with nothing changed in between. */
static void *vipin_pin_strict(const struct vipin_request *req,
			      struct vipin_pin *pin, struct vipin_verdict *verdict)
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
		mem_priv = vipin_pin(req, verdict);
		if (vipin_pin_end(pin) || mem_priv == ERR_PTR(-EINTR))
			return mem_priv;

		/* What the pin says is about a mapping that is no more. */
		if (!IS_ERR(mem_priv))
			vb2_dma_contig_memops.put_userptr(mem_priv);
		verdict->by = VIPIN_BY_NOBODY;
	}
	vipin_verdict_set(verdict, VIPIN_BY_RACE, VIPIN_REASON_CHANGING,
			  "the mapping changed during each of %u pins", tries);
	return ERR_PTR(-EAGAIN);
}

static void *vipin_get_strict(const struct vipin_request *req,
			      struct vipin_verdict *verdict)
{
	unsigned long start = verdict->vaddr;
	struct vipin_pin *pin;
	unsigned long end;
	void *mem_priv;

	/* What GUP says to the same, gup_fast_fallback() in mm/gup.c. */
	if (check_add_overflow(start, verdict->size, &end)) {
		vipin_verdict_set(verdict, VIPIN_BY_VMA_CHECK, VIPIN_REASON_BEYOND_LAST_ADDRESS,
				  "reaches beyond the last address");
		return ERR_PTR(-EOVERFLOW);
	}
	if (start > TASK_SIZE_MAX || verdict->size > TASK_SIZE_MAX - start) {
		vipin_verdict_set(verdict, VIPIN_BY_VMA_CHECK, VIPIN_REASON_BEYOND_USER_MEMORY,
				  "reaches beyond user memory");
		return ERR_PTR(-EFAULT);
	}

	pin = vipin_pin_create(start, verdict->size);
	if (pin == ERR_PTR(-EINTR)) {
		/* mm_take_all_locks() gives way to any signal. */
		return vipin_interrupted(verdict);
	}
	if (IS_ERR(pin)) {
		vipin_verdict_set(verdict, VIPIN_BY_MEMORY, VIPIN_REASON_NO_MEMORY,
				  "no MMU notifier could be registered");
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
		/* All that looks at mappings wants it without a tag. */
		.vaddr = untagged_addr(vaddr),
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
	/* The kernel's own number for it is not shown to programs. */
	if (verdict.err == -ERESTARTSYS)
		verdict.err = -EINTR;
	if (!verdict.err)
		vipin_verdict_set(&verdict, VIPIN_BY_NOBODY, VIPIN_REASON_PINNED, "pinned");
	else if (verdict.by == VIPIN_BY_NOBODY)
		vipin_explain(node, &verdict);
	vipin_verdict_record(node, &verdict);
	return mem_priv;
}

static void vipin_put_userptr(void *mem_priv)
{
	struct vipin_pin *pin = vipin_pin_remove(mem_priv);

	vb2_dma_contig_memops.put_userptr(mem_priv);
	if (pin)
		vipin_pin_destroy(pin);
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
