// SPDX-License-Identifier: GPL-2.0-only
/*
 * files.c - scenarios: the program changes the file whose pages are pinned
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <unistd.h>

#include <linux/udmabuf.h>

#include "common/number-file.h"
#include "event.h"

static void truncate_file(struct subject *s)
{
	must(ftruncate(s->fd, 0));
}

/* The pages next to the frame are new, too. */
static void truncate_and_grow(struct subject *s)
{
	truncate_file(s);
	must(ftruncate(s->fd, s->map_size));
	s->guards = 0;
}

static void punch_hole(struct subject *s)
{
	must(fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, s->offset, s->size));
}

static void seal_file(struct subject *s)
{
	must(fcntl(s->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
	life_expect(fcntl(s->fd, F_ADD_SEALS, F_SEAL_WRITE) && errno == EBUSY,
		    "a file with a writable mapping is sealed");
	life_expect(ftruncate(s->fd, 0) && errno == EPERM, "a sealed file is truncated");
}

static void close_file(struct subject *s)
{
	must(close(s->fd));
	s->fd = -1;
}

/* Write the bytes that are in the file already. */
static void rewrite_file(struct subject *s)
{
	unsigned char *bytes = malloc(s->size);

	life_expect(bytes, "malloc: %s", strerror(errno));
	life_expect(pread(s->fd, bytes, s->size, s->offset) == (ssize_t)s->size &&
		    pwrite(s->fd, bytes, s->size, s->offset) == (ssize_t)s->size,
		    "pwrite: %s", strerror(errno));
	free(bytes);
}

static void sync_and_drop(struct subject *s)
{
	must(fsync(s->fd));
	must(posix_fadvise(s->fd, 0, 0, POSIX_FADV_DONTNEED));
	must(number_file_write("/proc/sys/vm/drop_caches", 1));
}

static void drop_slabs(struct subject *s)
{
	(void)s;
	must(number_file_write("/proc/sys/vm/drop_caches", 3));
}

static void export(struct subject *s)
{
	struct udmabuf_create create = {
		.memfd = s->fd, .flags = UDMABUF_FLAGS_CLOEXEC, .size = s->map_size,
	};
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), dmabuf;

	if (dev < 0)
		life_skip("/dev/udmabuf: %s", strerror(errno));
	must(fcntl(s->fd, F_ADD_SEALS, F_SEAL_SHRINK));
	dmabuf = ioctl(dev, UDMABUF_CREATE, &create);
	life_expect(dmabuf >= 0, "UDMABUF_CREATE: %s", strerror(errno));
	close(dmabuf);
	close(dev);
}

static void remove_segment(struct subject *s)
{
	must(shmctl(s->segment, IPC_RMID, NULL));
	s->segment = -1;
}

static void detach_segment(struct subject *s)
{
	must(shmdt(s->map));
}

const struct scenario file_scenarios[] = {
	{
		.name = "truncate",
		.sentence = "ftruncate() to 0",
		.happens = truncate_file,
		.memory = SHARED,
		.leads_to = NO_PAGES,
		.capture = "beyond-file", .output = "beyond-file",
		.source = "mm/shmem.c, shmem_undo_range()",
	}, {
		.name = "truncate-and-grow",
		.sentence = "ftruncate() to 0 and back",
		.happens = truncate_and_grow,
		.memory = SHARED,
		.leads_to = OTHER_PAGES,
		.source = "mm/shmem.c, shmem_undo_range()",
	}, {
		.name = "truncate-private",
		.sentence = "ftruncate() of a file with private copies",
		.happens = truncate_file,
		.memory = PRIVATE_FILE,
		.leads_to = NO_PAGES,
		.capture = "beyond-file", .output = "beyond-file",
		.source = "mm/truncate.c, truncate_pagecache(): copies are unmapped, too",
	}, {
		.name = "punch-hole",
		.sentence = "a hole is punched into the file",
		.happens = punch_hole,
		.memory = SHARED,
		.leads_to = OTHER_PAGES,
		.source = "mm/shmem.c, shmem_fallocate()",
	}, {
		.name = "punch-hole-private",
		.sentence = "a hole is punched into a file with private copies",
		.happens = punch_hole,
		.memory = PRIVATE_FILE,
		.leads_to = SAME_PAGES,
		.source = "mm/shmem.c, shmem_fallocate(): copies stay mapped",
	}, {
		.name = "file-sealed",
		.sentence = "seals keep the file from shrinking and growing",
		.happens = seal_file,
		.memory = SHARED,
		.leads_to = SAME_PAGES,
		.source = "mm/memfd.c, memfd_add_seals()",
	}, {
		.name = "file-closed",
		.sentence = "the file is closed",
		.happens = close_file,
		.memory = SHARED,
		.leads_to = SAME_PAGES,
		.source = "the mapping holds the file",
	}, {
		.name = "file-exported",
		.sentence = "the file is exported as a dma-buf",
		.happens = export,
		.memory = SHARED,
		.leads_to = SAME_PAGES,
		.source = "drivers/dma-buf/udmabuf.c, udmabuf_create()",
	}, {
		.name = "drop-caches",
		.sentence = "drop_caches",
		.happens = drop_slabs,
		.memory = SHARED,
		.leads_to = SAME_PAGES,
		.source = "mm/truncate.c, mapping_evict_folio(): pages with other references stay",
	}, {
		.name = "disk-sync",
		.sentence = "fsync() and drop_caches, the file is on a disk",
		.happens = sync_and_drop,
		.memory = DISK_FILE,
		.leads_to = SAME_PAGES,
		.source = "mm/truncate.c, mapping_evict_folio(): pages with other references stay",
	}, {
		.name = "disk-write",
		.sentence = "pwrite() to the same part of the file, which is on a disk",
		.happens = rewrite_file,
		.memory = DISK_FILE,
		.leads_to = SAME_PAGES,
		.source = "mm/filemap.c, generic_perform_write(): the same page",
	}, {
		.name = "disk-truncate",
		.sentence = "ftruncate() to 0 of a file of a disk",
		.happens = truncate_file,
		.memory = DISK_FILE,
		.leads_to = NO_PAGES,
		.capture = "beyond-file", .output = "beyond-file",
		.source = "mm/truncate.c, truncate_pagecache()",
	}, {
		.name = "disk-punch-hole",
		.sentence = "a hole is punched into a file of a disk",
		.happens = punch_hole,
		.memory = DISK_FILE,
		.leads_to = OTHER_PAGES,
		.source = "fs/ext4/inode.c, ext4_punch_hole()",
	}, {
		.name = "shm-removed",
		.sentence = "the System V segment is removed",
		.happens = remove_segment,
		.memory = SYSV,
		.leads_to = SAME_PAGES,
		.source = "ipc/shm.c, shm_destroy(): only when no process has it attached",
	}, {
		.name = "shm-detached",
		.sentence = "the System V segment is detached",
		.happens = detach_segment,
		.memory = SYSV,
		.leads_to = NO_PAGES,
		.capture = "not-mapped", .output = "not-mapped",
		.source = "ipc/shm.c, ksys_shmdt()",
	},
	{ }
};
