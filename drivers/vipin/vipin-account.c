// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-account.c - count the pages of each pin
 *
 * The pages of a pin are added to:
 *
 *	mm_struct.pinned_vm	of the process that queues the pointer, VmPin in
 *				/proc/PID/status. RDMA and io_uring add their pins, too. A
 *				page that is pinned twice counts twice.
 *	vipin_node.pinned_pages	of the node
 *	user_struct.locked_vm	of the user, with the module parameter memlock. io_uring,
 *				XDP and iommufd add their pins to the same count, and the
 *				sum may not exceed RLIMIT_MEMLOCK. See
 *				xdp_umem_account_pages() in net/xdp/xdp_umem.c.
 *
 * Pages are counted before they are pinned, and until they are unpinned. So no pinned
 * page is missing in a count at any time.
 *
 * A pin may outlive its process: another process may have the file open. So hold the
 * mm_struct, without the memory that it maps. Hold the user_struct by the credentials:
 * before 6.2, modules cannot call free_uid() (ce5a23c835aa).
 */

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/debugfs.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>

#include "vipin.h"

/* Add pages to those of the user, unless that exceeds RLIMIT_MEMLOCK. */
static int vipin_charge_user(struct vipin_charge *charge, struct vipin_verdict *verdict)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	atomic_long_t *locked_vm = &current_user()->locked_vm;
	long locked = atomic_long_read(locked_vm);

	do {
		if (locked + charge->pages > limit) {
			vipin_verdict_set(verdict, VIPIN_BY_LIMIT, VIPIN_REASON_MEMLOCK,
					  "%u pages, and %ld that the user has locked already, are more than the %lu of RLIMIT_MEMLOCK",
					  charge->pages, locked, limit);
			return -ENOMEM;
		}
	} while (!atomic_long_try_cmpxchg(locked_vm, &locked, locked + charge->pages));
	charge->cred = get_current_cred();
	return 0;
}

/**
 * vipin_charge() - count the pages of a pin, before they are pinned
 * @charge:	filled in, for vipin_uncharge(); zeroed before
 * @node:	the node that pins
 * @verdict:	the pointer and its size; decider and reason are set on failure
 *
 * Context: process context of the pointer's owner.
 * Return: 0, or -ENOMEM if the module parameter memlock is set, and the user would have
 * more locked pages than RLIMIT_MEMLOCK. Nothing is counted then.
 */
int vipin_charge(struct vipin_charge *charge, struct vipin_node *node,
		 struct vipin_verdict *verdict)
{
	int err;

	charge->pages = PFN_UP(offset_in_page(verdict->vaddr) + verdict->size);
	if (vipin_memlock_counts() && !capable(CAP_IPC_LOCK)) {
		err = vipin_charge_user(charge, verdict);
		if (err)
			return err;
	}
	charge->mm = current->mm;
	mmgrab(charge->mm);
	atomic64_add(charge->pages, &charge->mm->pinned_vm);
	charge->node = node;
	atomic_add(charge->pages, &node->pinned_pages);
	return 0;
}

/**
 * vipin_uncharge() - stop counting the pages of a pin, after they were unpinned
 * @charge:	filled in by vipin_charge()
 *
 * Context: process context of any process. The pointer's owner may be gone.
 */
void vipin_uncharge(struct vipin_charge *charge)
{
	atomic_sub(charge->pages, &charge->node->pinned_pages);
	atomic64_sub(charge->pages, &charge->mm->pinned_vm);
	mmdrop(charge->mm);
	if (charge->cred) {
		atomic_long_sub(charge->pages, &charge->cred->user->locked_vm);
		put_cred(charge->cred);
	}
}

/**
 * vipin_account_create() - create the debugfs file pinned_pages of a node
 * @node:	the node; vipin_verdict_create() has created its directory
 */
void vipin_account_create(struct vipin_node *node)
{
	debugfs_create_atomic_t("pinned_pages", 0400, node->debugfs, &node->pinned_pages);
}
