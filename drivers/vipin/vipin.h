/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin.h - the private header of vipin
 *
 * The files, in the order of a frame's life:
 *
 *	a program sets the format of frames:	vipin-format.c, vipin-mplane.c, vipin-ctrls.c
 *	it has the size of an input:		vipin-input.c, vipin-webcam.c, vipin-hdmi.c,
 *						vipin-tv.c
 *	a program queues a user pointer:	vipin-file.c, vipin-ioctl.c,
 *						vipin-handover.c, vipin-queue.c
 *	or puts it into a media request:	vipin-request.c
 *	it is checked and pinned:		vipin-userptr.c, vipin-vma.c,
 *						vipin-movable.c, vipin-pin.c,
 *						vipin-longterm.c, vipin-account.c
 *	the verdict is explained and recorded:	vipin-explain.c, vipin-refusal.c,
 *						vipin-verdict.c
 *	a frame is due:				vipin-clock.c, vipin-frame.c
 *	programs that ask for it get an event:	vipin-event.c
 *	a picture with a stamp is made:		vipin-picture.c, vipin-dots.c,
 *						vipin-crc.c, vipin-stamp.c
 *	it is a part of the frame, or all of it: vipin-selection.c
 *	it is written to the bus address, or
 *	read from there by an output device:	vipin-dma.c, vipin-cache.c
 *	a memory-to-memory device does both:	vipin-m2m.c, vipin-m2m-ioctl.c
 *	with loopback, capture nodes get
 *	what an output node read:		vipin-loop.c
 *	the metadata of a captured frame go to
 *	a node of their own:			vipin-meta.c
 *	an error is injected at one of these places: vipin-inject.c
 *
 * A device is made in vipin-core.c, as module parameters (vipin-config.c) or a directory of
 * configfs (vipin-configfs.c) ask for. vipin-media.c adds its media device.
 *
 * KUnit tests are in vipin-*-test.c.
 */
#ifndef _VIPIN_H
#define _VIPIN_H

#include <linux/atomic.h>
#include <linux/dma-direction.h>
#include <linux/list.h>
#include <linux/fs.h>
#include <linux/jump_label.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <media/media-device.h>
#include <media/tpg/v4l2-tpg.h>
#include <media/v4l2-ctrls.h>
#include <media/v4l2-dev.h>
#include <media/v4l2-device.h>
#include <media/v4l2-fh.h>
#include <media/videobuf2-v4l2.h>

#include "vipin-config.h"
#include "vipin-format.h"
#include "vipin-inject.h"
#include "vipin-input.h"
#include "vipin-loop.h"
#include "vipin-meta.h"
#include "vipin-picture.h"
#include "vipin-selection.h"
#include "vipin-uapi.h"

struct cred;
struct iommu_domain;
struct mm_struct;
struct vipin_pin;
struct vipin_pointer;
struct vm_area_struct;

#define VIPIN_MAX_LATE		16U	/* late frames that the clock still makes */
#define VIPIN_INPUT_NAME	"Test Pattern"
#define VIPIN_OUTPUT_NAME	"Stamp Checker"
#define VIPIN_VERDICTS		64	/* that debugfs shows */
#define VIPIN_MAX_NODES		3U	/* of a device */
/* Added to the mmap() offsets of capture buffers of a memory-to-memory node. */
#define VIPIN_M2M_CAPTURE_OFFSET	BIT(30)

/**
 * struct vipin_verdict - a decision about one user pointer or dma-buf, and the reason
 * @serial:	number of the verdict, from 1, for each node
 * @by_fd:	it is about a dma-buf, not a pointer
 * @vaddr:	the pointer, untagged; the fd of a dma-buf
 * @size:	length of the plane in bytes
 * @write:	the device writes to the memory (capture)
 * @look:	a VMA of the range may hold pages that a driver put there (policy strict)
 * @policy:	the policy in force
 * @err:	0 if pinned, else the negative errno that QBUF returns
 * @by:		what decided
 * @reason:	why it was refused, or %VIPIN_REASON_PINNED
 * @offset:	bytes from the pointer to the first byte that was refused
 * @offset_known: @offset is set
 * @pinned_for_writing: a pin for reading would succeed, but this kernel pins output
 *		buffers for writing, too
 * @sentence:	the reason in words, with the VMA, page or file that caused it
 */
struct vipin_verdict {
	u64 serial;
	bool by_fd;
	unsigned long vaddr;
	unsigned long size;
	bool write;
	bool look;
	enum vipin_policy policy;
	int err;
	enum vipin_decider by;
	enum vipin_reason reason;
	unsigned long offset;
	bool offset_known;
	bool pinned_for_writing;
	char sentence[192];
};

/**
 * struct vipin_charge - the counts that the pages of one pin are added to
 * @node:	the node that pins
 * @mm:		the address space of the process that queued the pointer; a reference to
 *		the struct is held
 * @cred:	holds the user whose locked_vm counts the pages, or NULL
 * @pages:	number of pages; vb2's lengths have 32 bits
 */
struct vipin_charge {
	struct vipin_node *node;
	struct mm_struct *mm;
	const struct cred *cred;
	unsigned int pages;
};

/**
 * struct vipin_clock - when the frames of a stream are due
 * @start:	time of frame 0 in nanoseconds, CLOCK_MONOTONIC
 * @frame:	number of the next frame
 *
 * Frame n is due at @start + n * interval, so rounding errors do not add up.
 */
struct vipin_clock {
	u64 start;
	u64 frame;
};

/**
 * struct vipin_buffer - a vb2 buffer
 * @vb:		vb2's part; the first member, as vb2 allocates &vb2_queue.buf_struct_size
 * @list:	list head in &vipin_node.buffers or &vipin_m2m_queue.buffers
 */
struct vipin_buffer {
	struct vb2_v4l2_buffer vb;
	struct list_head list;
};

static inline struct vipin_buffer *to_vipin_buffer(struct vb2_buffer *vb)
{
	return container_of(to_vb2_v4l2_buffer(vb), struct vipin_buffer, vb);
}

/**
 * struct vipin_node - one video node: for capture, output, metadata or memory to memory.
 * The last one has queues and formats for each open file
 * @parent:	the device that the node belongs to
 * @vdev:	the video device
 * @pad:	the pad of the video device's entity
 * @far_end:	the media entity that frames come from, or go to
 * @far_pad:	the pad of @far_end
 * @queue:	the buffer queue, on vb2-dma-contig
 * @ctrls:	the controls
 * @pix:	the current pixel format, or that of each newly opened file; sizeimage is the
 *		sum of all planes
 * @selection:	not memory-to-memory: where in a frame the picture is
 * @interval:	time per frame in seconds; guarded by @buffers_lock, as S_PARM may
 *		change it while the frame thread runs
 * @input:	capture: number of the current input; constant while buffers exist
 * @kind:	the kind of that input
 * @std:	capture with a TV input: the standard; constant while buffers exist
 * @hdmi:	capture with an HDMI input: its timings and its source
 * @policy:	the policy for user pointers; constant while buffers exist
 * @policy_ctrl: the control for @policy
 * @policy_grabbed: @policy_ctrl is grabbed, as buffers exist
 * @stamp:	capture: write a &struct vipin_stamp into each frame
 * @free_run:	make a frame as soon as a buffer is queued, without the frame clock
 * @loop:	with loopback: takes the frames of an output node, or gives them to a capture
 *		node; else NULL
 * @loop_sinks:	capture with loopback: list head in &vipin_loop.sinks
 * @loop_taken:	capture with loopback: no frame waits if it is &vipin_loop.number
 * @loop_timeout: capture with loopback: milliseconds without a frame after which the test
 *		pattern is captured; 0 waits for ever
 * @loop_eos:	capture with loopback: report when the output node stops
 * @frame_syncs: capture: number of subscriptions to %V4L2_EVENT_FRAME_SYNC
 * @inject:	errors that wait to be injected
 * @buffers:	queued buffers, oldest first
 * @queueing:	the buffer whose QBUF has not returned yet
 * @wake:	wakes the frame thread: a buffer was queued, or @free_run or @interval has
 *		changed
 * @thread:	the frame thread, which runs while streaming
 * @tpg:	capture: the test pattern generator
 * @repaint:	capture: @tpg has to paint the picture again
 * @contexts:	memory-to-memory: the open files; guarded by @lock
 * @jobs:	memory-to-memory: runs one job at a time
 * @frame:	the picture that @tpg paints, or that an output device has read; one plane
 *		after the other, @selection.picture.sizeimage bytes. Memory-to-memory: a part of
 *		a frame
 * @dots:	capture: the moving dots in @frame
 * @crc:	capture: CRC of @frame after the stamp, without dots
 * @has_crc:	@crc is valid
 * @frames:	number of frames
 * @dropped:	number of frames for which no buffer was queued in time
 * @faults:	number of frames lost by DMA faults
 * @good:	output: number of frames with a correct stamp and CRC
 * @bad:	output: number of other frames
 * @verdicts:	the last verdicts, a ring indexed by serial number
 * @nr_verdicts: number of verdicts, also the serial number of the newest
 * @decided:	number of verdicts by decider
 * @repinned:	number of pointers that were pinned again, because their mapping had
 *		changed, or another process queued them
 * @refused:	memory was refused since vipin_hand_over() or vipin_hand_over_request() began
 * @pinned_pages: number of pages of user pointers that are pinned now
 * @debugfs:	the debugfs directory of the node
 */
struct vipin_node {
	struct vipin_dev *parent;
	struct video_device vdev;
	struct media_pad pad;
	struct media_entity far_end;
	struct media_pad far_pad;
	/** @lock: serialises ioctls and the queue */
	struct mutex lock;
	struct vb2_queue queue;
	struct v4l2_ctrl_handler ctrls;

	struct v4l2_pix_format pix;
	struct vipin_selection selection;
	struct v4l2_fract interval;
	unsigned int input;
	const struct vipin_input_kind *kind;
	v4l2_std_id std;
	struct vipin_hdmi hdmi;

	enum vipin_policy policy;
	struct v4l2_ctrl *policy_ctrl;
	bool policy_grabbed;
	bool stamp;
	bool free_run;
	struct vipin_loop *loop;
	struct list_head loop_sinks;
	u32 loop_taken;
	unsigned int loop_timeout;
	bool loop_eos;
	atomic_t frame_syncs;
	struct vipin_inject inject;

	/** @buffers_lock: guards @buffers and @interval */
	spinlock_t buffers_lock;
	struct list_head buffers;
	struct vb2_buffer *queueing;
	wait_queue_head_t wake;
	struct task_struct *thread;
	/** @tpg_lock: guards @tpg between the frame thread and the controls */
	struct mutex tpg_lock;
	struct tpg_data tpg;
	bool repaint;
	struct list_head contexts;
	struct workqueue_struct *jobs;
	u8 *frame;
	struct vipin_dots dots;
	u32 crc;
	bool has_crc;
	atomic64_t frames;
	atomic64_t dropped;
	atomic64_t faults;
	atomic64_t good;
	atomic64_t bad;

	/** @verdicts_lock: guards @verdicts, @nr_verdicts and @decided */
	spinlock_t verdicts_lock;
	struct vipin_verdict verdicts[VIPIN_VERDICTS];
	u64 nr_verdicts;
	u64 decided[VIPIN_DECIDERS];
	u64 repinned;
	bool refused;
	atomic_t pinned_pages;
	struct dentry *debugfs;
};

/**
 * struct vipin_dev - a device: a capture node, an output node, and a metadata node if it was
 * asked for; or one memory-to-memory node
 * @dev:	the platform or PCI device that memory is mapped for; a reference is held
 * @v4l2_dev:	the V4L2 device; its release function frees the struct
 * @mdev:	the media device of all nodes
 * @config:	how it was made
 * @meta_state: the metadata of the newest frame, between @capture and @meta
 * @disconnect:	unregisters the nodes, for the control Disconnect
 * @capture:	the node that writes to memory
 * @output:	the node that reads from memory; the same one for memory-to-memory
 * @meta:	the node for the metadata of captured frames, or NULL
 * @nodes:	the storage for the nodes
 */
struct vipin_dev {
	struct device *dev;
	struct v4l2_device v4l2_dev;
	struct media_device mdev;
	struct vipin_config config;
	struct vipin_meta_state meta_state;
	struct work_struct disconnect;
	/** @register_lock: held while nodes are registered or unregistered */
	struct mutex register_lock;
	struct vipin_node *capture;
	struct vipin_node *output;
	struct vipin_node *meta;
	struct vipin_node nodes[VIPIN_MAX_NODES];
};

static inline bool vipin_is_m2m(const struct vipin_node *node)
{
	return node->vdev.vfl_dir == VFL_DIR_M2M;
}

static inline bool vipin_is_multiplanar(const struct vipin_node *node)
{
	return node->vdev.device_caps & (V4L2_CAP_VIDEO_CAPTURE_MPLANE |
					 V4L2_CAP_VIDEO_OUTPUT_MPLANE |
					 V4L2_CAP_VIDEO_M2M_MPLANE);
}

static inline bool vipin_is_output(const struct vipin_node *node)
{
	return node->vdev.vfl_dir == VFL_DIR_TX;
}

static inline bool vipin_is_meta(const struct vipin_node *node)
{
	return node == node->parent->meta;
}

/*
 * Return the node whose lock, policy, verdicts and pins a node has. vipin-userptr.c finds a node
 * by the direction of the DMA alone. A metadata node captures too, so it shares all of these with
 * the capture node.
 */
static inline struct vipin_node *vipin_pin_node(struct vipin_node *node)
{
	return vipin_is_meta(node) ? node->parent->capture : node;
}

/* Do the frames of an output node go to capture nodes? */
static inline bool vipin_is_loop_source(const struct vipin_node *node)
{
	return node->loop && vipin_is_output(node);
}

/* Do the frames of a capture node come from an output node? */
static inline bool vipin_is_loop_sink(const struct vipin_node *node)
{
	return node->loop && node == node->parent->capture;
}

/* How many buffers does a frame need: one for each of its two fields? */
static inline unsigned int vipin_buffers_per_frame(const struct vipin_node *node)
{
	return node->pix.field == V4L2_FIELD_ALTERNATE ? 2 : 1;
}

/*
 * Correct the result of a file operation that may have slept. If the device was unbound
 * meanwhile, vb2 returns -EINVAL; return -ENODEV.
 */
static inline long vipin_result(struct vipin_node *node, long result)
{
	return result < 0 && !video_is_registered(&node->vdev) ? -ENODEV : result;
}

/* vipin-core.c */
void vipin_disconnect(struct vipin_dev *vipin);

/* vipin-event.c */
int vipin_subscribe_event(struct v4l2_fh *fh, const struct v4l2_event_subscription *sub);
void vipin_event_frame_sync(struct vipin_node *node, u32 sequence);
void vipin_event_source_change(struct vipin_node *node, unsigned int input);
void vipin_event_eos(struct vipin_node *node);

/* vipin-ioctl.c */
extern const struct v4l2_ioctl_ops vipin_ioctl_ops;
void vipin_ioctls_init(struct vipin_node *node);
u32 vipin_type(const struct vipin_node *node);
int vipin_querycap(struct file *file, void *fh, struct v4l2_capability *cap);
int vipin_enum_fmt(struct file *file, void *fh, struct v4l2_fmtdesc *desc);
int vipin_g_fmt(struct file *file, void *fh, struct v4l2_format *f);
int vipin_try_fmt(struct file *file, void *fh, struct v4l2_format *f);
int vipin_s_fmt(struct file *file, void *fh, struct v4l2_format *f);
int vipin_enum_framesizes(struct file *file, void *fh, struct v4l2_frmsizeenum *size);
int vipin_qbuf(struct file *file, void *fh, struct v4l2_buffer *b);
int vipin_prepare_buf(struct file *file, void *fh, struct v4l2_buffer *b);
int vipin_log_status(struct file *file, void *fh);

/* vipin-m2m.c */
extern const struct v4l2_file_operations vipin_m2m_fops;
int vipin_m2m_init(struct vipin_node *node);
void vipin_m2m_unregister(struct vipin_node *node);
void vipin_m2m_free(struct vipin_node *node);
struct vb2_queue *vipin_m2m_queue(struct file *file, u32 type);
struct v4l2_pix_format *vipin_m2m_pix(struct vb2_queue *q);
void vipin_m2m_adjust(struct vb2_queue *q, struct v4l2_pix_format *pix,
		      const struct vipin_offer *offer);
bool vipin_m2m_has_buffers(struct vipin_node *node);
bool vipin_m2m_is_streaming(struct vipin_node *node);
void vipin_m2m_error(struct vipin_node *node);
void vipin_m2m_kick(struct file *file);

/* vipin-m2m-ioctl.c */
extern const struct v4l2_ioctl_ops vipin_m2m_ioctl_ops;

/* vipin-media.c */
void vipin_media_init(struct vipin_dev *vipin);
int vipin_media_register(struct vipin_dev *vipin);
void vipin_media_unregister(struct vipin_dev *vipin);
void vipin_media_cleanup(struct vipin_dev *vipin);

/* vipin-ctrls.c */
int vipin_ctrls_init(struct vipin_node *node, enum vipin_policy policy);
const char *vipin_policy_name(enum vipin_policy policy);
int vipin_policy_by_name(const char *name);
void vipin_ctrls_update(struct vipin_node *node);

/* vipin-file.c */
ssize_t vipin_file_read(struct file *file, char __user *data, size_t count,
			loff_t *pos);
ssize_t vipin_file_write(struct file *file, const char __user *data, size_t count,
			 loff_t *pos);
__poll_t vipin_file_poll(struct file *file, poll_table *wait);
int vipin_file_release(struct file *file);

/* vipin-queue.c */
struct v4l2_pix_format *vipin_pix(struct vb2_queue *q);
int vipin_queue_setup(struct vb2_queue *q, unsigned int *nr_buffers,
		      unsigned int *nr_planes, unsigned int sizes[],
		      struct device *alloc_devs[]);
int vipin_buf_prepare(struct vb2_buffer *vb);
int vipin_buf_out_validate(struct vb2_buffer *vb);
void vipin_return_buffers(struct vipin_node *node, struct list_head *buffers,
			  enum vb2_buffer_state state);
int vipin_vb2_queue_init(struct vb2_queue *q, struct vipin_node *node, bool output);
int vipin_queue_init(struct vipin_node *node);

/* vipin-handover.c */
int vipin_hand_over(struct file *file, void *fh, struct vb2_queue *q, struct v4l2_buffer *b,
		    bool prepare);
int vipin_hand_over_request(struct media_request *req, struct vb2_buffer *buffers[],
			    unsigned int count);

/* vipin-request.c */
extern const struct media_device_ops vipin_request_ops;
int vipin_request_setup(struct vb2_buffer *vb);
void vipin_request_complete(struct vb2_buffer *vb);
void vipin_request_wait(struct media_device *mdev);
int vipin_request_init(void);
void vipin_request_exit(void);

/* vipin-refusal.c */
void vipin_refusal_record(struct vipin_node *node, const struct vb2_buffer *vb,
			  const struct v4l2_buffer *b, int err);

/* vipin-userptr.c */
extern struct vb2_mem_ops vipin_memops;
void vipin_userptr_init(void);

/* vipin-pin.c */

/**
 * enum vipin_pin_state - is a pin still the memory at its pointer?
 * @VIPIN_PIN_FRESH:	yes
 * @VIPIN_PIN_CHANGED:	the mapping has changed since
 * @VIPIN_PIN_NOT_OURS:	another process made the pin
 */
enum vipin_pin_state {
	VIPIN_PIN_FRESH,
	VIPIN_PIN_CHANGED,
	VIPIN_PIN_NOT_OURS,
};

struct vipin_pin *vipin_pin_create(struct vipin_node *node, struct vipin_verdict *verdict);
int vipin_pin_watch(struct vipin_pin *pin, unsigned long start, unsigned long size);
void vipin_pin_destroy(struct vipin_pin *pin);
void vipin_pin_begin(struct vipin_pin *pin);
bool vipin_pin_end(struct vipin_pin *pin);
void vipin_pin_add(struct vipin_pin *pin, void *mem_priv);
struct vipin_pin *vipin_pin_remove(void *mem_priv);
enum vipin_pin_state vipin_pin_state(void *mem_priv);

/* vipin-account.c */
int vipin_charge(struct vipin_charge *charge, struct vipin_node *node,
		 struct vipin_verdict *verdict);
void vipin_uncharge(struct vipin_charge *charge);
void vipin_account_create(struct vipin_node *node);

/* vipin-vma.c */
/* End of the sentence of a verdict that has pinned_for_writing set. */
#define VIPIN_FOR_WRITING	", and this kernel pins output buffers for writing, too"

enum vipin_reason vipin_vma_refusal(unsigned long vm_flags, bool write);
void vipin_vma_refuse(struct vipin_verdict *verdict, enum vipin_decider by,
		      const struct vm_area_struct *vma, unsigned long addr,
		      enum vipin_reason reason);
bool vipin_range_wraps(const struct vipin_verdict *verdict);
int vipin_vmas_check(struct vipin_verdict *verdict);
int vipin_vmas_check_for_frame_vector(struct vipin_verdict *verdict);

/* vipin-movable.c */
bool vipin_vma_may_have_drivers_pages(struct vm_area_struct *vma);
int vipin_movable_check(struct vipin_verdict *verdict);
bool vipin_page_has_to_move(const struct page *page);
bool vipin_page_is_stuck(struct page *page);

/* vipin-longterm.c */
void *vipin_longterm_get_userptr(const struct vipin_pointer *ptr,
				 struct vipin_verdict *verdict);

/* vipin-explain.c */
void vipin_explain(struct vipin_node *node, struct vipin_verdict *verdict);

/* vipin-verdict.c */
__printf(4, 5)
void vipin_verdict_set(struct vipin_verdict *verdict, enum vipin_decider by,
		       enum vipin_reason reason, const char *format, ...);
void vipin_verdict_set_offset(struct vipin_verdict *verdict, unsigned long offset);
void vipin_verdict_record(struct vipin_node *node, struct vipin_verdict *verdict);
void vipin_verdict_log(struct vipin_node *node);
void vipin_verdict_create(struct vipin_node *node);
void vipin_verdict_link(struct vipin_node *node);
void vipin_verdict_init(void);
void vipin_verdict_exit(void);

/* vipin-dma.c */
int vipin_dma_write(struct device *dev, dma_addr_t addr, const void *src,
		    size_t len);
int vipin_dma_read(struct device *dev, dma_addr_t addr, void *dst, size_t len);
bool vipin_dma_is_translated(const struct iommu_domain *domain);
int vipin_dma_transfer(struct device *dev, struct iommu_domain *domain,
		       dma_addr_t addr, char *data, size_t len, bool write);
struct page *vipin_dma_find(struct device *dev, struct iommu_domain *domain,
			    dma_addr_t addr, bool write, size_t *offset, size_t *run);
int vipin_dma_self_test(struct device *dev, struct iommu_domain *domain);

/* vipin-cache.c */
DECLARE_STATIC_KEY_FALSE(vipin_cache_devices);

static inline bool vipin_cache_is_modelled(void)
{
	return static_branch_unlikely(&vipin_cache_devices);
}

extern struct vb2_mem_ops vipin_cache_memops;
bool vipin_cache_line_is_valid(unsigned int line);
void vipin_cache_start(struct vipin_dev *vipin);
void vipin_cache_stop(struct vipin_dev *vipin);
bool vipin_cache_transfer(struct page *page, size_t offset, void *data, size_t len,
			  bool write);
void vipin_cache_init(void);

/* vipin-clock.c */
u64 vipin_clock_due(const struct vipin_clock *clock,
		    const struct v4l2_fract *interval);
void vipin_clock_change(struct vipin_clock *clock, const struct v4l2_fract *from,
			const struct v4l2_fract *to, u64 now);
u64 vipin_clock_skip(struct vipin_clock *clock, u64 now,
		     const struct v4l2_fract *interval);

/* vipin-frame.c */
int vipin_plane_transfer(struct vipin_node *node, struct vb2_v4l2_buffer *vb,
			 unsigned int plane, u32 offset, void *data, u32 len);
u32 vipin_payload(struct vb2_v4l2_buffer *vb, unsigned int plane);
int vipin_frame_start(struct vipin_node *node);
void vipin_frame_stop(struct vipin_node *node);
u8 *vipin_frame_alloc(struct vipin_node *node);

#endif /* _VIPIN_H */
