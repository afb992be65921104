// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-pin.c - the record of a pin: what its pages are counted in, its address space,
 * and whether the mapping has changed since
 *
 * Each pin has a record. With policy strict the record is watched: its MMU interval
 * notifier is called for every change of the mapping. The record holds the mm_struct, so no
 * other process can get the same one, and a comparison with it is safe.
 */

#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * struct vipin_pin - a range that is pinned, or is about to be
 * @node:	its place in vipin_pins, while pinned
 * @mem_priv:	vb2-dma-contig's pointer for the pinned memory, the key in vipin_pins
 * @charge:	the counts of its pages; @charge.mm is the address space of the pointer
 * @notifier:	policy strict: called for every change of the mapping
 * @watched:	@notifier is registered
 * @pinner:	the task that is pinning, NULL afterwards
 */
struct vipin_pin {
	struct hlist_node node;
	void *mem_priv;
	struct vipin_charge charge;
	struct mmu_interval_notifier notifier;
	bool watched;
	struct task_struct *pinner;
	/** @lock: guards @pinner, @changed and the notifier's sequence number */
	spinlock_t lock;
	/** @changed: the mapping has changed since the check, or may have */
	bool changed;
};

/*
 * put_userptr has a single argument, vb2-dma-contig's own pointer. So look up the record
 * by that in a hash table.
 */
static DEFINE_HASHTABLE(vipin_pins, 8);
static DEFINE_SPINLOCK(vipin_pins_lock);

static bool vipin_pin_invalidate(struct mmu_interval_notifier *notifier,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	struct vipin_pin *pin = container_of(notifier, struct vipin_pin, notifier);

	/* Record the change only. The pages stay pinned. */
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

/**
 * vipin_pin_create() - create a record, and count the pages of its pin
 * @node:	the node that is about to pin
 * @verdict:	the pointer and its size; decider and reason are set on failure
 *
 * Context: process context of the pointer's owner.
 * Return: the record, or an ERR_PTR: -ENOMEM.
 */
struct vipin_pin *vipin_pin_create(struct vipin_node *node, struct vipin_verdict *verdict)
{
	struct vipin_pin *pin;
	int err;

	pin = kzalloc_obj(*pin);
	if (!pin) {
		vipin_verdict_set(verdict, VIPIN_BY_MEMORY, VIPIN_REASON_NO_MEMORY,
				  "no memory for the record of the pin");
		return ERR_PTR(-ENOMEM);
	}
	spin_lock_init(&pin->lock);
	err = vipin_charge(&pin->charge, node, verdict);
	if (err) {
		kfree(pin);
		return ERR_PTR(err);
	}
	return pin;
}

/**
 * vipin_pin_watch() - watch the range of a record for changes, for policy strict
 * @pin:	the record
 * @start:	first address of the range, untagged
 * @size:	length of the range in bytes; @start + @size does not overflow
 *
 * The notifier covers all pages that the range touches.
 *
 * Context: process context of the pointer's owner; takes the mmap lock.
 * Return: 0, or an errno of mmu_interval_notifier_insert().
 */
int vipin_pin_watch(struct vipin_pin *pin, unsigned long start, unsigned long size)
{
	unsigned long first = start & PAGE_MASK;
	int err;

	err = mmu_interval_notifier_insert(&pin->notifier, pin->charge.mm, first,
					   PAGE_ALIGN(start + size) - first,
					   &vipin_pin_ops);
	pin->watched = !err;
	return err;
}

/**
 * vipin_pin_destroy() - free a record: stop watching its range and counting its pages
 * @pin:	the record; its pages are not pinned, and it is not in vipin_pins
 */
void vipin_pin_destroy(struct vipin_pin *pin)
{
	if (pin->watched)
		mmu_interval_notifier_remove(&pin->notifier);
	vipin_uncharge(&pin->charge);
	kfree(pin);
}

/**
 * vipin_pin_begin() - start to record changes of the mapping
 * @pin:	the record
 *
 * After this, every invalidation sets &vipin_pin.changed. mmu_interval_read_begin()
 * also waits for the invalidations that are already in flight.
 */
void vipin_pin_begin(struct vipin_pin *pin)
{
	spin_lock(&pin->lock);
	pin->pinner = current;
	pin->changed = false;
	spin_unlock(&pin->lock);
	mmu_interval_read_begin(&pin->notifier);
}

/**
 * vipin_pin_end() - check whether the mapping is unchanged since vipin_pin_begin()
 * @pin:	the record
 *
 * Changes that the pin itself makes are not counted. Later changes are recorded for
 * vipin_pin_state().
 *
 * Return: true if nothing else changed the mapping.
 */
bool vipin_pin_end(struct vipin_pin *pin)
{
	bool changed;

	spin_lock(&pin->lock);
	pin->pinner = NULL;
	changed = pin->changed;
	spin_unlock(&pin->lock);
	return !changed;
}

/**
 * vipin_pin_add() - add the record of a pin to the hash table
 * @pin:	the record
 * @mem_priv:	vb2-dma-contig's pointer for the pinned memory
 */
void vipin_pin_add(struct vipin_pin *pin, void *mem_priv)
{
	pin->mem_priv = mem_priv;
	spin_lock(&vipin_pins_lock);
	hash_add(vipin_pins, &pin->node, (unsigned long)mem_priv);
	spin_unlock(&vipin_pins_lock);
}

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
 * vipin_pin_remove() - remove the record of a pin from the hash table
 * @mem_priv:	vb2-dma-contig's pointer for the pinned memory
 *
 * Return: the record, for vipin_pin_destroy().
 */
struct vipin_pin *vipin_pin_remove(void *mem_priv)
{
	struct vipin_pin *pin;

	spin_lock(&vipin_pins_lock);
	pin = vipin_pin_find(mem_priv);
	hash_del(&pin->node);
	spin_unlock(&vipin_pins_lock);
	return pin;
}

/**
 * vipin_pin_state() - check whether a pin still is the memory at its pointer
 * @mem_priv:	vb2-dma-contig's pointer for the pinned memory
 *
 * A pin belongs to one address space. At the same address, another process has other
 * memory or none. This is true even after fork(), which shares pages at first.
 *
 * Context: the process that queues the buffer.
 * Return: the state. A pin of policy kernel is not watched, so it is %VIPIN_PIN_FRESH.
 */
enum vipin_pin_state vipin_pin_state(void *mem_priv)
{
	enum vipin_pin_state state = VIPIN_PIN_FRESH;
	struct vipin_pin *pin;

	spin_lock(&vipin_pins_lock);
	pin = vipin_pin_find(mem_priv);
	if (pin->watched) {
		spin_lock(&pin->lock);
		if (pin->charge.mm != current->mm)
			state = VIPIN_PIN_NOT_OURS;
		else if (pin->changed)
			state = VIPIN_PIN_CHANGED;
		spin_unlock(&pin->lock);
	}
	spin_unlock(&vipin_pins_lock);
	return state;
}
