// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-pin.c - the record of a pin: whose memory it is of, and whether the mapping
 * there has changed since
 *
 * Policy strict keeps one record for each pin. An MMU interval notifier on the range
 * hears of every change of the mapping for as long as the record lives. It also keeps
 * the mm_struct, so that no other process can be mistaken for the one that pinned.
 */

#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * struct vipin_pin - a range that policy strict has pinned, or is about to
 * @node:	its place in vipin_pins, while pinned
 * @mem_priv:	what vb2-dma-contig calls it, the key there
 * @notifier:	hears of every change of the mapping, for the pin's whole life;
 *		@notifier.mm is the mm that the pointer is of
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
 * vb2 gives put_userptr nothing but vb2-dma-contig's own pointer, so a table leads
 * from there to the record.
 */
static DEFINE_HASHTABLE(vipin_pins, 8);
static DEFINE_SPINLOCK(vipin_pins_lock);

static bool vipin_pin_invalidate(struct mmu_interval_notifier *notifier,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	struct vipin_pin *pin = container_of(notifier, struct vipin_pin, notifier);

	/* The pages stay pinned. It is enough to know of the change. */
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
 * vipin_pin_create() - begin to listen to changes of a range
 * @start:	first address of the range, untagged
 * @size:	its length in bytes; the sum with @start does not overflow
 *
 * The notifier covers every page that holds a byte of the range.
 *
 * Context: process context of the pointer's owner, without the mmap lock: the
 * notifier's insertion takes it.
 * Return: the record, or an ERR_PTR: -ENOMEM, or what
 * mmu_interval_notifier_insert() returns.
 */
struct vipin_pin *vipin_pin_create(unsigned long start, unsigned long size)
{
	unsigned long first = start & PAGE_MASK;
	struct vipin_pin *pin;
	int err;

	pin = kzalloc_obj(*pin);
	if (!pin)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&pin->lock);
	err = mmu_interval_notifier_insert(&pin->notifier, current->mm, first,
					   PAGE_ALIGN(start + size) - first,
					   &vipin_pin_ops);
	if (err) {
		kfree(pin);
		return ERR_PTR(err);
	}
	return pin;
}

/**
 * vipin_pin_destroy() - stop listening
 * @pin:	the record; it is in no table
 */
void vipin_pin_destroy(struct vipin_pin *pin)
{
	mmu_interval_notifier_remove(&pin->notifier);
	kfree(pin);
}

/**
 * vipin_pin_begin() - from here on, note every change of the mapping
 * @pin:	the record
 *
 * From here every invalidation sets &vipin_pin.changed. mmu_interval_read_begin()
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
 * vipin_pin_end() - ask whether the mapping stayed the same since vipin_pin_begin()
 * @pin:	the record
 *
 * Changes that the pin itself makes do not count.
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
 * vipin_pin_add() - keep the record of a pin until vipin_pin_remove()
 * @pin:	the record
 * @mem_priv:	what vb2-dma-contig calls the pinned memory
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
 * vipin_pin_remove() - take the record of a pin out of the table
 * @mem_priv:	what vb2-dma-contig calls the pinned memory
 *
 * Return: the record, for vipin_pin_destroy(), or NULL: policy kernel keeps none.
 */
struct vipin_pin *vipin_pin_remove(void *mem_priv)
{
	struct vipin_pin *pin;

	spin_lock(&vipin_pins_lock);
	pin = vipin_pin_find(mem_priv);
	if (pin)
		hash_del(&pin->node);
	spin_unlock(&vipin_pins_lock);
	return pin;
}

/**
 * vipin_pin_state() - ask whether a pin is still what its pointer points to
 * @mem_priv:	what vb2-dma-contig calls the pinned memory
 *
 * A pin belongs to an address space. The same address in another process is other
 * memory, or none, even where fork() left the same pages at first.
 *
 * Context: the process that hands the pointer over.
 * Return: the state; %VIPIN_PIN_FRESH for memory that policy kernel has pinned, as
 * nothing is known of it.
 */
enum vipin_pin_state vipin_pin_state(void *mem_priv)
{
	enum vipin_pin_state state = VIPIN_PIN_FRESH;
	struct vipin_pin *pin;

	spin_lock(&vipin_pins_lock);
	pin = vipin_pin_find(mem_priv);
	if (pin) {
		spin_lock(&pin->lock);
		if (pin->notifier.mm != current->mm)
			state = VIPIN_PIN_FOREIGN;
		else if (pin->changed)
			state = VIPIN_PIN_CHANGED;
		spin_unlock(&pin->lock);
	}
	spin_unlock(&vipin_pins_lock);
	return state;
}
