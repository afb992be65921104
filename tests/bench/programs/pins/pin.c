// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin.c - a pin alone, and a held mmap lock, made by the module pin-cost
 */
#include <err.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "../../pin-cost/pin-cost-uapi.h"
#include "common/clock.h"
#include "pins.h"

/**
 * pin_open() - open the module's device
 *
 * Return: its file descriptor.
 */
int pin_open(void)
{
	int fd = open("/dev/pin-cost", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(1, "/dev/pin-cost");
	return fd;
}

/**
 * pin_once() - pin and unpin
 * @fd:		of pin_open(); each thread needs its own
 * @way:	an enum pin_cost_way
 * @start:	of the memory
 * @nr_pages:	its size
 *
 * Return: the time, in nanoseconds.
 */
__u64 pin_once(int fd, int way, const void *start, size_t nr_pages)
{
	const struct pin_cost what = {
		.addr = (uintptr_t)start, .nr_pages = nr_pages, .way = way,
	};
	__u64 begin = clock_ns();

	if (ioctl(fd, PIN_COST_IOC_PIN, &what))
		err(1, "/dev/pin-cost");
	return clock_ns() - begin;
}

/**
 * hold_mmap_lock() - hold this process's mmap lock once
 * @fd:		of pin_open()
 * @write:	take it for writing
 * @hold_us:	time to hold it, in microseconds
 * @pause_us:	time to sleep after that
 *
 * Return: the time it took to get the lock, in nanoseconds.
 */
__u64 hold_mmap_lock(int fd, bool write, unsigned int hold_us, unsigned int pause_us)
{
	struct pin_cost_hold hold = {
		.write = write, .hold_us = hold_us, .pause_us = pause_us,
	};

	if (ioctl(fd, PIN_COST_IOC_HOLD, &hold))
		err(1, "/dev/pin-cost");
	return hold.waited_ns;
}
