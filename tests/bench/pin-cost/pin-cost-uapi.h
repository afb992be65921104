/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * pin-cost-uapi.h - the userspace interface of /dev/pin-cost
 */
#ifndef _PIN_COST_UAPI_H
#define _PIN_COST_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * enum pin_cost_way - the ways to pin
 * @PIN_COST_FAST:	pin_user_pages_fast()
 * @PIN_COST_SLOW:	pin_user_pages() under the mmap lock
 * @PIN_COST_CHECKED:	check every VMA under the mmap lock, release the lock, then
 *			pin_user_pages_fast()
 * @PIN_COST_WAYS:	the number of ways
 */
enum pin_cost_way {
	PIN_COST_FAST,
	PIN_COST_SLOW,
	PIN_COST_CHECKED,
	PIN_COST_WAYS,
};

/**
 * struct pin_cost - the memory to pin, and how
 * @addr:	start address, a multiple of the page size
 * @nr_pages:	number of pages
 * @way:	an enum pin_cost_way
 * @pad:	must be 0
 */
struct pin_cost {
	__u64 addr;
	__u64 nr_pages;
	__u32 way;
	__u32 pad;
};

/*
 * Pin the memory with FOLL_WRITE | FOLL_LONGTERM, and unpin it.
 *
 * Errors:
 *	EINVAL		an unknown way, no pages or more than PIN_COST_MAX_PAGES, or a pad
 *			that is not 0
 *	ENOMEM		no memory for the array of pages
 *	EFAULT		not all pages could be pinned
 * and the errors of pin_user_pages() and pin_user_pages_fast().
 */
#define PIN_COST_IOC_PIN	_IOW('p', 0xc0, struct pin_cost)

#define PIN_COST_MAX_PAGES	65536

/**
 * struct pin_cost_hold - how to hold the caller's mmap lock
 * @write:	1 to lock it for writing, 0 for reading
 * @hold_us:	how long to hold it, in microseconds
 * @pause_us:	how long to wait after the unlock, in microseconds
 * @waited_ns:	filled in: how long it took to get the lock, in nanoseconds
 */
struct pin_cost_hold {
	__u32 write;
	__u32 hold_us;
	__u32 pause_us;
	__u32 waited_ns;
};

/*
 * Hold the mmap lock once. The task sleeps meanwhile, so it uses no CPU time, as if it ran
 * on another CPU.
 *
 * Errors:
 *	EINVAL		a time is more than a second
 *	EINTR		the task is being killed
 */
#define PIN_COST_IOC_HOLD	_IOWR('p', 0xc1, struct pin_cost_hold)

#endif /* _PIN_COST_UAPI_H */
