// SPDX-License-Identifier: GPL-2.0-only
/*
 * vma-order.c - does the kernel look at the VMAs of a pointer before it pins?
 *
 * A frame vector that looks at VMAs first refuses a range with a VM_IO mapping in it at
 * once. Without that look, it pins one page after the other until it comes to that mapping.
 * So hand over a missing page, followed by such a mapping, and see whether the page is
 * faulted in. GUP-fast stops at the missing page, so every kernel refuses this pointer, and
 * the answer implies no verdict: a kernel that looks at VMAs may still pin what it must not.
 *
 * userfaultfd reports the fault. The page table would not do: after a refusal, vipin looks
 * for the reason, which may fault the page in (but does not wait for userfaultfd).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"
#include "page.h"
#include "perf-event.h"
#include "vma.h"
#include "vma-order.h"

#define MAX_VMAS	256
#define MIN_SIZE	(64 * PAGE)
#define RING_SIZE	(2 * PAGE)	/* the header, and a page of data */

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE	0x100000
#endif

/* Map a page at most @size bytes before an address; other mappings may lie in between. */
static void *map_before(uintptr_t address, size_t size)
{
	for (uintptr_t at = address - PAGE; at > address - size; at -= PAGE) {
		void *page = mmap((void *)at, PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

		if (page == (void *)at)
			return page;
		if (page != MAP_FAILED)
			munmap(page, PAGE);
	}
	return NULL;
}

/* Map the ring of a perf event: VM_PFNMAP on kernels of the last years. Or return MAP_FAILED. */
static void *map_ring(void)
{
	int fd = perf_event_open_dummy();
	void *ring = MAP_FAILED;

	if (fd >= 0) {
		ring = mmap(NULL, RING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
	}
	return ring;
}

/* Map a page before a VM_IO or VM_PFNMAP mapping, or return NULL if there is none. */
static void *map_before_device(size_t size)
{
	struct vma vma[MAX_VMAS];
	int nr = vma_list(NULL, ULONG_MAX, vma, MAX_VMAS);

	for (int i = 0; i < nr; i++)
		if (vma[i].io || vma[i].pfnmap)
			return map_before(vma[i].start, size);
	return NULL;
}

/* Open a userfaultfd that reports when a page is faulted in, or return -1. */
static int watch(void *page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)page, .len = PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0 && (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/*
 * In a process of its own: wait for the fault, report it, and provide the page. Report first:
 * with the page, the parent goes on and kills this process.
 */
static void answer_fault(int fd, void *page, int report)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (uintptr_t)page, .len = PAGE },
	};
	struct uffd_msg msg;

	if (read(fd, &msg, sizeof(msg)) != sizeof(msg) || write(report, "", 1) != 1)
		_exit(1);
	ioctl(fd, UFFDIO_ZEROPAGE, &zero);
	_exit(0);
}

/**
 * vmas_come_first() - find out whether the kernel looks at VMAs before it pins
 * @size:	bytes that the device needs
 * @queue:	hands a pointer to a device, whose driver leaves the decision to the kernel;
 *		returns 0 or a negative errno
 * @context:	passed to @queue
 *
 * Return: 1 if it does, 0 if it does not, or -1 if this device does not show it, or if this
 * user may not find out.
 */
int vmas_come_first(size_t size, int (*queue)(void *context, void *pointer, size_t size),
		    void *context)
{
	int fd, report[2], first = -1;
	void *page, *ring;
	char reported;
	pid_t child;

	/* Before 6.2, a long-term pin does not wait for userfaultfd, so nothing is reported. */
	if (!kernel_has(kernel_at_hand(), LONG_TERM_WAITS))
		return -1;
	/* Space for the vDSO, and for mappings before it. */
	if (size < MIN_SIZE)
		size = MIN_SIZE;
	/* On x86-64 each process has such a mapping, data of the vDSO; on arm64, none has. */
	ring = map_ring();
	page = map_before_device(size);
	fd = page ? watch(page) : -1;
	if (fd >= 0 && !pipe2(report, O_CLOEXEC)) {
		child = fork();
		if (!child)
			answer_fault(fd, page, report[1]);
		close(report[1]);
		if (child > 0) {
			/* Another errno says that the pointer did not come as far as the pin. */
			bool refused = queue(context, page, size) == -EFAULT;

			kill(child, SIGKILL);
			if (waitpid(child, NULL, 0) == child && refused)
				first = read(report[0], &reported, 1) == 0;
		}
		close(report[0]);
	}
	if (fd >= 0)
		close(fd);
	if (page)
		munmap(page, PAGE);
	if (ring != MAP_FAILED)
		munmap(ring, RING_SIZE);
	return first;
}
