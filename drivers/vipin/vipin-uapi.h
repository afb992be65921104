/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * vipin-uapi.h - interface of vipin to userspace, beyond V4L2
 */
#ifndef _VIPIN_UAPI_H
#define _VIPIN_UAPI_H

#include <linux/types.h>
#include <linux/v4l2-controls.h>
#include <linux/videodev2.h>

/*
 * Private controls, in the same range as vivid's. They are for this driver only, so no
 * range has to be reserved for them in the kernel.
 */
#define VIPIN_CID_BASE			(V4L2_CID_USER_BASE | 0xf000)
#define VIPIN_CID_POLICY		(VIPIN_CID_BASE + 0)
#define VIPIN_CID_FRAME_STAMP		(VIPIN_CID_BASE + 1)
#define VIPIN_CID_FREE_RUN		(VIPIN_CID_BASE + 2)
#define VIPIN_CID_INJECT_DMA_FAULT	(VIPIN_CID_BASE + 3)
#define VIPIN_CID_GOOD_FRAMES		(VIPIN_CID_BASE + 4)	/* output only */
#define VIPIN_CID_BAD_FRAMES		(VIPIN_CID_BASE + 5)	/* output only */
#define VIPIN_CID_LOOP_TIMEOUT		(VIPIN_CID_BASE + 6)	/* capture with loopback only */
/* Only with an HDMI input. */
#define VIPIN_CID_DV_TIMINGS_SIGNAL_MODE (VIPIN_CID_BASE + 7)
#define VIPIN_CID_DV_TIMINGS		(VIPIN_CID_BASE + 8)
/* Capture with loopback only. */
#define VIPIN_CID_LOOP_EOS		(VIPIN_CID_BASE + 9)

/* Only with the module parameter error_injection. */
#define VIPIN_CID_INJECT_ERROR_FLAG	(VIPIN_CID_BASE + 16)
#define VIPIN_CID_INJECT_REQBUFS	(VIPIN_CID_BASE + 17)
#define VIPIN_CID_INJECT_QBUF		(VIPIN_CID_BASE + 18)
#define VIPIN_CID_INJECT_STREAMON	(VIPIN_CID_BASE + 19)
#define VIPIN_CID_INJECT_FATAL		(VIPIN_CID_BASE + 20)
#define VIPIN_CID_INJECT_PIN_ERROR	(VIPIN_CID_BASE + 21)
#define VIPIN_CID_INJECT_DMA_FAULT_AT	(VIPIN_CID_BASE + 22)
#define VIPIN_CID_DISCONNECT		(VIPIN_CID_BASE + 23)
/* Not on a memory-to-memory node. */
#define VIPIN_CID_PERC_DROPPED		(VIPIN_CID_BASE + 24)
#define VIPIN_CID_INJECT_LATE_FRAME	(VIPIN_CID_BASE + 25)
#define VIPIN_CID_INJECT_TORN_FRAME	(VIPIN_CID_BASE + 26)
#define VIPIN_CID_SEQ_WRAP		(VIPIN_CID_BASE + 27)
#define VIPIN_CID_TIME_WRAP		(VIPIN_CID_BASE + 28)

/**
 * enum vipin_policy - what checks a user pointer
 * @VIPIN_POLICY_KERNEL: only vb2-dma-contig and the frame vector, as in other drivers
 * @VIPIN_POLICY_STRICT: vipin, too. It checks every VMA of the range first, and accepts
 *			 the pin only if the mapping did not change meanwhile
 *
 * The values are the menu indices of VIPIN_CID_POLICY.
 */
enum vipin_policy {
	VIPIN_POLICY_KERNEL,
	VIPIN_POLICY_STRICT,
};

/**
 * enum vipin_signal_mode - what the source at an HDMI input does
 * @VIPIN_SIGNAL_CURRENT: it sends the timings that VIDIOC_S_DV_TIMINGS has set
 * @VIPIN_SIGNAL_NONE:	 it is switched off
 * @VIPIN_SIGNAL_NO_LOCK: its signal is not stable
 * @VIPIN_SIGNAL_OUT_OF_RANGE: the input cannot receive what it sends
 * @VIPIN_SIGNAL_SELECTED: it sends the timings that VIPIN_CID_DV_TIMINGS selects
 *
 * The values are the menu indices of VIPIN_CID_DV_TIMINGS_SIGNAL_MODE, and those of vivid.
 */
enum vipin_signal_mode {
	VIPIN_SIGNAL_CURRENT,
	VIPIN_SIGNAL_NONE,
	VIPIN_SIGNAL_NO_LOCK,
	VIPIN_SIGNAL_OUT_OF_RANGE,
	VIPIN_SIGNAL_SELECTED,
};

/**
 * enum vipin_decider - what decided about a user pointer or a dma-buf
 * @VIPIN_BY_NOBODY:	   nothing refused it; it is pinned
 * @VIPIN_BY_VMA_CHECK:	   policy strict: vipin's own check of the mapping
 * @VIPIN_BY_RACE:	   policy strict: vipin gave up, as the mapping kept changing, or
 *			   a signal came
 * @VIPIN_BY_ARGUMENT:	   videobuf2 or vb2-dma-contig, by address, length or fd alone
 * @VIPIN_BY_FRAME_VECTOR: the frame vector, that is pin_user_pages*()
 * @VIPIN_BY_DMA_MAP:	   the DMA API: it could not map the pages for the device
 * @VIPIN_BY_CONTIGUITY:   vb2-dma-contig: the memory is not one contiguous bus range
 * @VIPIN_BY_LIMIT:	   vipin: a limit of the user, with the module parameter memlock
 * @VIPIN_BY_MEMORY:	   the kernel had no memory for its own bookkeeping
 * @VIPIN_BY_INJECTION:	   vipin: a control that injects errors
 * @VIPIN_BY_UNKNOWN:	   vipin cannot observe what refused it
 * @VIPIN_DECIDERS:	   number of deciders
 *
 * Compare the names below. The numbers, which only the trace event has, may change.
 */
enum vipin_decider {
	VIPIN_BY_NOBODY,
	VIPIN_BY_VMA_CHECK,
	VIPIN_BY_RACE,
	VIPIN_BY_ARGUMENT,
	VIPIN_BY_FRAME_VECTOR,
	VIPIN_BY_DMA_MAP,
	VIPIN_BY_CONTIGUITY,
	VIPIN_BY_LIMIT,
	VIPIN_BY_MEMORY,
	VIPIN_BY_INJECTION,
	VIPIN_BY_UNKNOWN,
	VIPIN_DECIDERS,
};

/* Initializers for an array of names, indexed by enum vipin_decider. */
#define VIPIN_DECIDER_NAMES						\
	[VIPIN_BY_NOBODY]	= "accepted",				\
	[VIPIN_BY_VMA_CHECK]	= "vma-check",				\
	[VIPIN_BY_RACE]		= "race",				\
	[VIPIN_BY_ARGUMENT]	= "argument",				\
	[VIPIN_BY_FRAME_VECTOR]	= "frame-vector",			\
	[VIPIN_BY_DMA_MAP]	= "dma-map",				\
	[VIPIN_BY_CONTIGUITY]	= "contiguity",				\
	[VIPIN_BY_LIMIT]	= "limit",				\
	[VIPIN_BY_MEMORY]	= "memory",				\
	[VIPIN_BY_INJECTION]	= "injection",				\
	[VIPIN_BY_UNKNOWN]	= "unknown"

/**
 * enum vipin_reason - why a user pointer or a dma-buf was refused
 * @VIPIN_REASON_PINNED: It was not refused; it is pinned.
 * @VIPIN_REASON_VMA_IO: A VMA is VM_IO (check_vma_flags() in mm/gup.c).
 * @VIPIN_REASON_VMA_PFNMAP: A VMA is VM_PFNMAP, with VM_IO or without it (likewise).
 * @VIPIN_REASON_NOT_MAPPED: Nothing is mapped there.
 * @VIPIN_REASON_BEYOND_USER_MEMORY: The range ends above TASK_SIZE.
 * @VIPIN_REASON_BEYOND_LAST_ADDRESS: Address and length add up to more than the last
 *	address (gup_fast_fallback() in mm/gup.c).
 * @VIPIN_REASON_NOT_WRITABLE: The device would write, and a VMA is not VM_WRITE
 *	(check_vma_flags()).
 * @VIPIN_REASON_NOT_READABLE: The device would read, and a VMA is not VM_READ
 *	(check_vma_flags()).
 * @VIPIN_REASON_TRACKS_WRITES: The device would write, and the file system has to be
 *	notified of each write (writable_file_mapping_allowed() in mm/gup.c).
 * @VIPIN_REASON_DRIVER_PAGES: A page has to stay movable, but a driver allocated it, so
 *	nothing can migrate it (collect_longterm_unpinnable_folios() in mm/gup.c).
 * @VIPIN_REASON_FSDAX: A VMA maps file system DAX, which no long-term pin may hold
 *	(check_vma_flags(): vma_is_fsdax()).
 * @VIPIN_REASON_SECRETMEM: A VMA maps memfd_secret() memory (check_vma_flags():
 *	vma_is_secretmem()).
 * @VIPIN_REASON_PKEY: A protection key denies the access (check_vma_flags():
 *	arch_vma_access_permitted()).
 * @VIPIN_REASON_BEYOND_FILE: A page lies beyond the end of the mapped file
 *	(filemap_fault(), shmem_fault(): VM_FAULT_SIGBUS).
 * @VIPIN_REASON_GUARD_REGION: A page is a guard region (handle_pte_marker() in
 *	mm/memory.c: VM_FAULT_SIGSEGV).
 * @VIPIN_REASON_POISONED: A page is poisoned (VM_FAULT_HWPOISON).
 * @VIPIN_REASON_SIGBUS: The fault handler of a page answers VM_FAULT_SIGBUS.
 * @VIPIN_REASON_SIGBUS_ON_WRITE: The fault handler answers VM_FAULT_SIGBUS to a write, but
 *	not to a read.
 * @VIPIN_REASON_NO_MEMORY: There was no memory to fault in a page, for the record of a
 *	pin, or for an MMU notifier.
 * @VIPIN_REASON_MEMLOCK: The user would have more locked pages than RLIMIT_MEMLOCK, and
 *	the module parameter memlock is set.
 * @VIPIN_REASON_NO_STRUCT_PAGE: A page is mapped by an entry that has no struct page
 *	(follow_pfn_pte() in mm/gup.c).
 * @VIPIN_REASON_CMA_NOT_MIGRATED: A page is in a CMA area and could not be migrated
 *	(check_and_migrate_movable_pages() in mm/gup.c).
 * @VIPIN_REASON_MOVABLE_NOT_MIGRATED: A page is in ZONE_MOVABLE and could not be
 *	migrated (likewise).
 * @VIPIN_REASON_USERFAULTFD: A page is missing, its VMA is registered with
 *	userfaultfd, and the pin does not wait for that.
 * @VIPIN_REASON_KILLED: The task was killed during the pin (__get_user_pages() in
 *	mm/gup.c: fatal_signal_pending()).
 * @VIPIN_REASON_TOO_SHORT: A plane has fewer bytes than a frame needs
 *	(__prepare_userptr() in videobuf2-core.c).
 * @VIPIN_REASON_BUFFER_LARGER: A plane has enough bytes for a frame, but fewer than
 *	VIDIOC_CREATE_BUFS asked for (likewise).
 * @VIPIN_REASON_BYTESUSED: Output: bytesused is above the length of the plane
 *	(__verify_length() in videobuf2-v4l2.c).
 * @VIPIN_REASON_DATA_OFFSET: Output: data_offset is not below bytesused (likewise).
 * @VIPIN_REASON_NOT_A_DMABUF: The fd is not a dma-buf.
 * @VIPIN_REASON_DMABUF_TOO_SHORT: The dma-buf has fewer bytes than its plane needs
 *	(__prepare_dmabuf() in videobuf2-core.c).
 * @VIPIN_REASON_MISALIGNED: Address or length is no multiple of
 *	dma_get_cache_alignment() (vb2_dc_get_userptr()).
 * @VIPIN_REASON_NOT_CONTIGUOUS: The memory is not one contiguous bus range
 *	(vb2_dc_get_contiguous_size()).
 * @VIPIN_REASON_DMABUF_NOT_CONTIGUOUS: The dma-buf is not one contiguous bus range
 *	(vb2_dc_map_dmabuf()).
 * @VIPIN_REASON_BOUNCE_TOO_LARGE: The device does not reach the memory, and one
 *	contiguous piece is larger than a bounce buffer (swiotlb_tbl_map_single()).
 * @VIPIN_REASON_BEYOND_DMA_MASK: The device does not reach a page, and no bounce
 *	buffer could be used.
 * @VIPIN_REASON_CHANGING: Policy strict: the mapping changed during each try to pin it.
 * @VIPIN_REASON_SIGNAL: Policy strict: a signal came before the mapping could be pinned
 *	unchanged.
 * @VIPIN_REASON_INJECTED: A program has asked for this error, by a control.
 * @VIPIN_REASON_UNKNOWN: vipin cannot observe the reason.
 * @VIPIN_REASONS: number of reasons
 *
 * The sentence of a verdict has the details: which VMA, page or file. Compare the names
 * below. The numbers, which only the trace event has, may change when a reason is added.
 */
enum vipin_reason {
	VIPIN_REASON_PINNED,
	VIPIN_REASON_VMA_IO,
	VIPIN_REASON_VMA_PFNMAP,
	VIPIN_REASON_NOT_MAPPED,
	VIPIN_REASON_BEYOND_USER_MEMORY,
	VIPIN_REASON_BEYOND_LAST_ADDRESS,
	VIPIN_REASON_NOT_WRITABLE,
	VIPIN_REASON_NOT_READABLE,
	VIPIN_REASON_TRACKS_WRITES,
	VIPIN_REASON_DRIVER_PAGES,
	VIPIN_REASON_FSDAX,
	VIPIN_REASON_SECRETMEM,
	VIPIN_REASON_PKEY,
	VIPIN_REASON_BEYOND_FILE,
	VIPIN_REASON_GUARD_REGION,
	VIPIN_REASON_POISONED,
	VIPIN_REASON_SIGBUS,
	VIPIN_REASON_SIGBUS_ON_WRITE,
	VIPIN_REASON_NO_MEMORY,
	VIPIN_REASON_MEMLOCK,
	VIPIN_REASON_NO_STRUCT_PAGE,
	VIPIN_REASON_CMA_NOT_MIGRATED,
	VIPIN_REASON_MOVABLE_NOT_MIGRATED,
	VIPIN_REASON_USERFAULTFD,
	VIPIN_REASON_KILLED,
	VIPIN_REASON_TOO_SHORT,
	VIPIN_REASON_BUFFER_LARGER,
	VIPIN_REASON_BYTESUSED,
	VIPIN_REASON_DATA_OFFSET,
	VIPIN_REASON_NOT_A_DMABUF,
	VIPIN_REASON_DMABUF_TOO_SHORT,
	VIPIN_REASON_MISALIGNED,
	VIPIN_REASON_NOT_CONTIGUOUS,
	VIPIN_REASON_DMABUF_NOT_CONTIGUOUS,
	VIPIN_REASON_BOUNCE_TOO_LARGE,
	VIPIN_REASON_BEYOND_DMA_MASK,
	VIPIN_REASON_CHANGING,
	VIPIN_REASON_SIGNAL,
	VIPIN_REASON_INJECTED,
	VIPIN_REASON_UNKNOWN,
	VIPIN_REASONS,
};

/* Initializers for an array of names, indexed by enum vipin_reason. */
#define VIPIN_REASON_NAMES						\
	[VIPIN_REASON_PINNED]			= "pinned",		\
	[VIPIN_REASON_VMA_IO]			= "vma-io",		\
	[VIPIN_REASON_VMA_PFNMAP]		= "vma-pfnmap",		\
	[VIPIN_REASON_NOT_MAPPED]		= "not-mapped",		\
	[VIPIN_REASON_BEYOND_USER_MEMORY]	= "beyond-user-memory",	\
	[VIPIN_REASON_BEYOND_LAST_ADDRESS]	= "beyond-last-address", \
	[VIPIN_REASON_NOT_WRITABLE]		= "not-writable",	\
	[VIPIN_REASON_NOT_READABLE]		= "not-readable",	\
	[VIPIN_REASON_TRACKS_WRITES]		= "tracks-writes",	\
	[VIPIN_REASON_DRIVER_PAGES]		= "driver-pages",	\
	[VIPIN_REASON_FSDAX]			= "fsdax",		\
	[VIPIN_REASON_SECRETMEM]		= "secretmem",		\
	[VIPIN_REASON_PKEY]			= "pkey",		\
	[VIPIN_REASON_BEYOND_FILE]		= "beyond-file",	\
	[VIPIN_REASON_GUARD_REGION]		= "guard-region",	\
	[VIPIN_REASON_POISONED]			= "poisoned",		\
	[VIPIN_REASON_SIGBUS]			= "sigbus",		\
	[VIPIN_REASON_SIGBUS_ON_WRITE]		= "sigbus-on-write",	\
	[VIPIN_REASON_NO_MEMORY]		= "no-memory",		\
	[VIPIN_REASON_MEMLOCK]			= "memlock",		\
	[VIPIN_REASON_NO_STRUCT_PAGE]		= "no-struct-page",	\
	[VIPIN_REASON_CMA_NOT_MIGRATED]		= "cma-not-migrated",	\
	[VIPIN_REASON_MOVABLE_NOT_MIGRATED]	= "movable-not-migrated", \
	[VIPIN_REASON_USERFAULTFD]		= "userfaultfd",	\
	[VIPIN_REASON_KILLED]			= "killed",		\
	[VIPIN_REASON_TOO_SHORT]		= "too-short",		\
	[VIPIN_REASON_BUFFER_LARGER]		= "buffer-larger",	\
	[VIPIN_REASON_BYTESUSED]		= "bytesused",		\
	[VIPIN_REASON_DATA_OFFSET]		= "data-offset",	\
	[VIPIN_REASON_NOT_A_DMABUF]		= "not-a-dmabuf",	\
	[VIPIN_REASON_DMABUF_TOO_SHORT]		= "dmabuf-too-short",	\
	[VIPIN_REASON_MISALIGNED]		= "misaligned",		\
	[VIPIN_REASON_NOT_CONTIGUOUS]		= "not-contiguous",	\
	[VIPIN_REASON_DMABUF_NOT_CONTIGUOUS]	= "dmabuf-not-contiguous", \
	[VIPIN_REASON_BOUNCE_TOO_LARGE]		= "bounce-too-large",	\
	[VIPIN_REASON_BEYOND_DMA_MASK]		= "beyond-dma-mask",	\
	[VIPIN_REASON_CHANGING]			= "changing",		\
	[VIPIN_REASON_SIGNAL]			= "signal",		\
	[VIPIN_REASON_INJECTED]			= "injected",		\
	[VIPIN_REASON_UNKNOWN]			= "unknown"

#define VIPIN_STAMP_MAGIC	0x4e495056	/* "VPIN" in memory */

/**
 * struct vipin_stamp - the first 32 bytes of a picture
 * @magic:	VIPIN_STAMP_MAGIC
 * @sequence:	sequence number of the v4l2_buffer; an output device ignores it
 * @length:	of the picture in bytes, with this stamp; the sum of all planes
 * @crc:	CRC-32 (IEEE 802.3, as crc32() of zlib) of the picture after the stamp
 * @timestamp:	timestamp of the v4l2_buffer in nanoseconds, CLOCK_MONOTONIC; an output
 *		device ignores it
 * @device:	number of the video node that made the frame; an output device ignores it
 * @stamp_crc:	CRC-32 of the 28 bytes before it
 *
 * A capture device writes a stamp into each frame while the control Frame Stamp is on. An
 * output device checks the stamp of each frame. The stamp replaces the pixels there. All
 * fields are little-endian. In a frame of several planes, the stamp is at the start of the
 * first plane, and covers all planes, one after the other.
 *
 * A picture that fills its frame is the payload, with the padding of lines (bytesperline). A
 * picture in a part of the frame is without padding: its lines follow one another. If they are
 * shorter than the stamp, the stamp goes on in the next line.
 */
struct vipin_stamp {
	__le32 magic;
	__le32 sequence;
	__le32 length;
	__le32 crc;
	__le64 timestamp;
	__le32 device;
	__le32 stamp_crc;
};

/*
 * The format of a metadata node: one &struct vipin_metadata. No other driver has it, so the
 * kernel has no number for it.
 */
#define VIPIN_META_FMT_FRAME	v4l2_fourcc('V', 'P', 'M', 'F')

#define VIPIN_METADATA_MAGIC	0x444d5056	/* "VPMD" in memory */
#define VIPIN_METADATA_VERSION	1

/**
 * struct vipin_metadata - the metadata of one frame
 * @magic:	VIPIN_METADATA_MAGIC
 * @version:	VIPIN_METADATA_VERSION
 * @device:	number of the video node that made the frame: the capture node; or the metadata
 *		node itself, while nothing is captured
 * @sequence:	sequence number of the frame, also that of the v4l2_buffer with the metadata
 * @timestamp:	timestamp of both in nanoseconds, CLOCK_MONOTONIC
 * @width:	width of the capture node's format in pixels
 * @height:	height of the capture node's format in lines
 * @pixelformat: fourcc of the capture node's format
 * @frames:	number of frames that the capture node has captured since it exists
 * @dropped:	number of frames for which it had no buffer in time
 * @crc:	CRC-32 (IEEE 802.3, as crc32() of zlib) of the 49 bytes before it
 *
 * All fields are little-endian. The struct has 53 bytes, so buffers that follow one another in
 * memory begin at every offset in a cache line.
 */
struct vipin_metadata {
	__le32 magic;
	__u8 version;
	__le32 device;
	__le32 sequence;
	__le64 timestamp;
	__le32 width;
	__le32 height;
	__le32 pixelformat;
	__le64 frames;
	__le64 dropped;
	__le32 crc;
} __attribute__((packed));

#endif /* _VIPIN_UAPI_H */
