/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * pin-cost-uapi.h - ask pin-cost to pin user memory and to let go of it again
 */
#ifndef _PIN_COST_UAPI_H
#define _PIN_COST_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * enum pin_cost_way - how to pin
 * @PIN_COST_FAST:	pin_user_pages_fast()
 * @PIN_COST_SLOW:	pin_user_pages() under the mmap lock
 * @PIN_COST_CHECKED:	look at every VMA under the mmap lock, let go of it, then
 *			pin_user_pages_fast()
 * @PIN_COST_WAYS:	how many there are
 */
enum pin_cost_way {
	PIN_COST_FAST,
	PIN_COST_SLOW,
	PIN_COST_CHECKED,
	PIN_COST_WAYS,
};

/**
 * struct pin_cost - what to pin
 * @addr:	where it starts, a multiple of the page size
 * @nr_pages:	how many pages
 * @way:	an enum pin_cost_way
 * @pad:	0
 */
struct pin_cost {
	__u64 addr;
	__u64 nr_pages;
	__u32 way;
	__u32 pad;
};

/*
 * Pins for writing and for long, and unpins. ENOMEM: no memory to keep the books;
 * EINVAL: no such way, or more than PIN_COST_MAX_PAGES; EFAULT: less than all of it
 * could be pinned; and what pin_user_pages*() returns.
 */
#define PIN_COST_IOC_PIN	_IOW('p', 0xc0, struct pin_cost)

#define PIN_COST_MAX_PAGES	65536

/**
 * struct pin_cost_hold - how to hold the caller's mmap lock, once
 * @write:	for writing, not for reading
 * @hold_us:	for so long, in microseconds
 * @pause_us:	and then not, for so long
 * @waited_ns:	written back: how long it took to get it, in nanoseconds
 */
struct pin_cost_hold {
	__u32 write;
	__u32 hold_us;
	__u32 pause_us;
	__u32 waited_ns;
};

/*
 * Sleeps meanwhile, so to others on the same CPU it is like one who works on another
 * CPU. EINTR: the task is being killed; EINVAL: more than a second.
 */
#define PIN_COST_IOC_HOLD	_IOWR('p', 0xc1, struct pin_cost_hold)

#endif /* _PIN_COST_UAPI_H */
