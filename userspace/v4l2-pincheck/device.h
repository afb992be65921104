/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device.h - the V4L2 device under test
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <linux/videodev2.h>
#include <stdbool.h>
#include <stddef.h>

#include "vipin/vipin-uapi.h"

#define NR_CONTROLS	3

/* More formats than a driver has; a faulty one may list them without end. */
#define MAX_FORMATS	1024

/**
 * enum direction - direction of the data
 * @CAPTURE:	the device writes memory
 * @OUTPUT:	the device reads memory
 * @NR_DIRECTIONS: number of directions
 */
enum direction {
	CAPTURE,
	OUTPUT,
	NR_DIRECTIONS
};

extern const char * const direction_names[NR_DIRECTIONS];

/**
 * struct frame_size - requested size and format of frames
 * @width:	in pixels, 0 for that of the device
 * @height:	in lines
 * @pixelformat: V4L2_PIX_FMT_..., 0 for that of the device
 */
struct frame_size {
	unsigned int width;
	unsigned int height;
	__u32 pixelformat;
};

/**
 * struct device_state - what a change of the format may change as well
 * @format:	the format
 * @crop:	the crop rectangle
 * @compose:	the compose rectangle
 * @rate:	the frame rate
 * @has_crop:	@crop is known
 * @has_compose: @compose is known
 * @has_rate:	@rate is known
 */
struct device_state {
	struct v4l2_format format;
	struct v4l2_selection crop;
	struct v4l2_selection compose;
	struct v4l2_streamparm rate;
	bool has_crop;
	bool has_compose;
	bool has_rate;
};

/**
 * struct partner - the other queue of a memory-to-memory device, with the driver's own buffers
 * @format:	its format before
 * @nr:		number of its buffers
 * @nr_planes:	number of pieces of memory of each
 * @sizes:	bytes of each piece
 * @frames:	for each buffer, the mapped piece that belongs to the plane which is checked
 * @length:	bytes of that piece
 * @taken:	the buffer that was dequeued last
 * @bytesused:	payload of its piece
 * @number:	number of the next frame for an output queue
 */
struct partner {
	struct v4l2_format format;
	unsigned int nr;
	unsigned int nr_planes;
	__u32 sizes[VIDEO_MAX_PLANES];
	unsigned char *frames[VIDEO_MAX_FRAME];
	size_t length;
	unsigned int taken;
	__u32 bytesused;
	unsigned int number;
};

/**
 * struct device - a V4L2 device, or one of the two queues of a memory-to-memory device
 * @path:	path of its node, as the user gave it
 * @node:	name of the node: "video0"
 * @driver:	its driver: "vipin"
 * @card:	the name of the hardware
 * @bus:	its bus: "platform", "PCI+IOMMU"
 * @label:	its bus for people; with the node if several devices look the same
 * @bus_info:	the place on that bus
 * @fd:		its open node
 * @direction:	direction of the data
 * @policy:	its policy; VIPIN_POLICY_KERNEL for other drivers than vipin
 * @vipin:	its driver is vipin: it has policies, stamps and verdicts
 * @unsuited:	it works, but it has nothing that can be checked; @why says what it offers
 * @changed:	its format is another one than before
 * @multiplanar:	it has the multi-planar API
 * @m2m:	it is memory-to-memory; @direction is that of the queue under test
 * @partner:	the other queue then
 * @copies:	its frames are copies, so each byte can be compared; see probe_depth()
 * @no_frames:	why no frame can be streamed, although it takes memory; or ""
 * @content:	what it transfers, if that is not video: "VBI"; else NULL
 * @content_type:	the type of its buffers then
 * @buffer_caps:	V4L2_BUF_CAP_... of its buffers; 0 if the driver does not report them
 * @offers:	what it takes besides user pointers: "its own buffers (MMAP), dma-bufs"
 * @checks_vmas:	with policy strict, the driver checks VMAs itself
 * @translated:	an IOMMU translates its DMA addresses
 * @reach:	the highest bus address that it can access
 * @bounced:	all of its DMA goes through bounce buffers, wherever memory is
 * @takes_scattered: it takes memory that is not contiguous; see probe_scattered()
 * @alignment:	of start and length, in bytes; see probe_alignment()
 * @alignment_known: it has taken a pointer with no more than that
 * @takes_none:	it refuses even memory that every device should take; see probe_depth()
 * @depth:	number of buffers with which it starts; see probe_depth()
 * @pix:	its format; the size is that of the plane which is checked
 * @plane:	the plane which is checked
 * @nr_planes:	number of pieces of memory of a frame
 * @plane_sizes:	bytes of each of them; only with the multi-planar API
 * @others:	good memory for the other planes
 * @before:	its state before; the type of its format is 0 until it is known
 * @controls_before:	values of the vipin controls before they were set here
 * @why:	what went wrong
 */
struct device {
	const char *path;
	char node[32];
	char driver[16];
	char card[32];
	char bus[32];
	char label[72];
	char bus_info[32];
	int fd;
	enum direction direction;
	enum vipin_policy policy;
	bool vipin;
	bool unsuited;
	bool changed;
	bool multiplanar;
	bool m2m;
	struct partner partner;
	bool copies;
	char no_frames[128];
	const char *content;
	__u32 content_type;
	__u32 buffer_caps;
	char offers[64];
	bool checks_vmas;
	bool translated;
	__u64 reach;
	bool bounced;
	bool takes_scattered;
	size_t alignment;
	bool alignment_known;
	bool takes_none;
	unsigned int depth;
	struct v4l2_pix_format pix;
	unsigned int plane;
	unsigned int nr_planes;
	size_t plane_sizes[VIDEO_MAX_PLANES];
	void *others[VIDEO_MAX_PLANES];
	struct device_state before;
	__s32 controls_before[NR_CONTROLS];
	char why[1024];
};

int device_open(struct device *d, const char *path, unsigned int plane,
		enum direction direction);
void device_close(struct device *d);
int device_set_size(struct device *d, const struct frame_size *size);
int device_set_exact_size(struct device *d, const struct frame_size *size);
int device_buffers(struct device *d, enum v4l2_memory memory, unsigned int nr);
int device_queue_pointer(struct device *d, unsigned int index, void *pointer,
			 size_t length);
int device_queue_dmabuf(struct device *d, unsigned int index, int fd);
int device_stream(struct device *d, bool on);
int device_stream_queue(const struct device *d, __u32 buffer_type, bool on);
int device_wait(const struct device *d,
		enum direction direction, int timeout);
int device_dequeue(struct device *d, struct v4l2_buffer *buf,
		   enum v4l2_memory memory, int timeout);

/* device-planes.c: the single-planar and the multi-planar API. */
__u32 device_buffer_type(const struct device *d);
__u32 device_partner_type(const struct device *d);
void device_know_format(struct device *d, const struct v4l2_format *format);
void device_want_format(const struct device *d, const struct frame_size *size,
			struct v4l2_format *format);
int device_queue(struct device *d, struct v4l2_buffer *buf);
int device_take(struct device *d, struct v4l2_buffer *buf, enum v4l2_memory memory);

/* device-m2m.c: memory-to-memory devices, and the queue that is not under test. */
int m2m_check(struct device *d);
int m2m_save_format(struct device *d);
void m2m_set_format(struct device *d, const struct frame_size *size);
int m2m_start(struct device *d);
int m2m_take(struct device *d, int timeout);
int m2m_next(struct device *d);
void m2m_stop(struct device *d);
bool m2m_has_arrived(const struct device *d);

/* device-content.c: nodes that are not for video. */
bool device_know_content(struct device *d, __u32 caps);
void device_know_content_format(struct device *d, const struct v4l2_format *format);

/* device-state.c: the state that is restored at the end. */
int device_save_state(struct device *d);
void device_restore_state(struct device *d);

/* device-trace.c: show the calls. */
void device_trace(bool on);
int device_ioctl(const struct device *d, unsigned long request, const char *name, void *argument);

#define DEVICE_IOCTL(d, request, argument) \
	device_ioctl(d, request, #request, argument)

/* device-format.c: which formats and sizes it offers. */
void device_format_name(char letters[5], __u32 format);
void device_lacks_format(struct device *d, const struct frame_size *size);

/* device-bus.c: the bus between it and memory. */
void device_probe_bus(struct device *d, const char *sysfs);

/* In ms. An emulated machine is slow, and a camera may take long to start. */
#define FRAME_TIMEOUT	5000

/**
 * struct frame_count - frames that an output node of vipin has counted
 * @good:	frames whose stamp and contents agree
 * @bad:	other frames
 */
struct frame_count {
	__s64 good;
	__s64 bad;
};

/* device-vipin.c: what only vipin has. */
bool device_is_vipin(const char *path, int *direction);
int device_open_vipin(struct device *d);
void device_close_vipin(struct device *d);
int device_set_policy(struct device *d, enum vipin_policy policy);
int device_count_frames(struct device *d, struct frame_count *count);

#endif
