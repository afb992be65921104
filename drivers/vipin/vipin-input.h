/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-input.h - the inputs of a capture node: what they offer, and the signal of HDMI
 */
#ifndef _VIPIN_INPUT_H
#define _VIPIN_INPUT_H

#include <linux/types.h>
#include <linux/videodev2.h>

#include "vipin-config.h"

struct file;
struct v4l2_ctrl;
struct vipin_node;

#define VIPIN_EDID_BLOCK	128U	/* bytes in a block of an EDID */
#define VIPIN_EDID_BLOCKS	4U	/* that a program can set */

/**
 * struct vipin_input_kind - what a kind of input offers
 * @name:	in the module parameter inputs
 * @label:	in VIDIOC_ENUMINPUT
 * @capabilities: V4L2_IN_CAP_*
 * @standards:	the TV standards, V4L2_STD_*; 0 for an input without
 * @selects:	programs can crop and compose
 * @limit:	change the largest size that the administrator allows. NULL: it stays
 * @adjust_field: return the &enum v4l2_field that the input has, for a requested one. NULL: frames
 *		are progressive
 * @adjust_size: adjust the size in a request to one that the input has, at most the given one.
 *		NULL: vipin_format_adjust() does that
 * @adjust_interval: adjust a requested time per frame
 * @enum_size:	VIDIOC_ENUM_FRAMESIZES, up to a size
 * @enum_interval: VIDIOC_ENUM_FRAMEINTERVALS, up to a size
 * @status:	return V4L2_IN_ST_*. NULL: there is always a signal
 * @is_live:	do frames come from the input now? NULL: always
 */
struct vipin_input_kind {
	const char *name;
	const char *label;
	u32 capabilities;
	v4l2_std_id standards;
	bool selects;
	void (*limit)(const struct vipin_node *node, struct v4l2_area *max);
	u32 (*adjust_field)(u32 field);
	void (*adjust_size)(struct v4l2_area max, struct v4l2_pix_format *pix);
	void (*adjust_interval)(struct vipin_node *node, struct v4l2_fract *interval);
	int (*enum_size)(struct v4l2_area max, struct v4l2_frmsizeenum *size);
	int (*enum_interval)(struct vipin_node *node, struct v4l2_area max,
			     struct v4l2_frmivalenum *ival);
	u32 (*status)(const struct vipin_node *node);
	bool (*is_live)(const struct vipin_node *node);
};

/**
 * struct vipin_hdmi - the HDMI input of a node, and the source that is connected to it
 * @timings:	the timings that VIDIOC_S_DV_TIMINGS has set; constant while buffers exist
 * @mode:	what the source does, an &enum vipin_signal_mode
 * @selected:	number of the timings that the source sends in mode %VIPIN_SIGNAL_SELECTED
 * @err:	result of VIDIOC_QUERY_DV_TIMINGS
 * @sent:	if @err is 0: the timings that the source sends
 * @live:	the source sends @timings. Read without the lock by the frame thread
 * @edid:	what the source reads about the input
 * @edid_blocks: number of blocks in @edid; 0 if the source sees no input (hotplug is low)
 * @power:	the control V4L2_CID_DV_RX_POWER_PRESENT
 *
 * The lock of the node guards it.
 */
struct vipin_hdmi {
	struct v4l2_dv_timings timings;
	unsigned int mode;
	unsigned int selected;
	int err;
	struct v4l2_dv_timings sent;
	bool live;
	u8 edid[VIPIN_EDID_BLOCKS * VIPIN_EDID_BLOCK];
	unsigned int edid_blocks;
	struct v4l2_ctrl *power;
};

/* vipin-input.c */
int vipin_inputs_parse(struct vipin_inputs *inputs, const char *names);
ssize_t vipin_inputs_print(const struct vipin_inputs *inputs, char *page);
int vipin_input_find(const struct vipin_node *node, enum vipin_input input);
void vipin_input_init(struct vipin_node *node);
void vipin_input_apply(struct vipin_node *node);
void vipin_input_adjust(struct vipin_node *node, struct v4l2_pix_format *pix);
bool vipin_input_is_live(const struct vipin_node *node);
struct v4l2_fract vipin_interval(struct vipin_node *node);
void vipin_interval_set(struct vipin_node *node, struct v4l2_fract interval);
int vipin_enum_input(struct file *file, void *fh, struct v4l2_input *input);
int vipin_g_input(struct file *file, void *fh, unsigned int *index);
int vipin_s_input(struct file *file, void *fh, unsigned int index);
int vipin_one_enum_size(struct v4l2_area max, struct v4l2_frmsizeenum *size);
int vipin_one_enum_interval(struct vipin_node *node, struct v4l2_area max,
			    struct v4l2_frmivalenum *ival);

/* vipin-webcam.c */
extern const struct vipin_input_kind vipin_input_webcam;

/* vipin-hdmi.c */
extern const struct vipin_input_kind vipin_input_hdmi;
bool vipin_has_hdmi(const struct vipin_node *node);
void vipin_hdmi_init(struct vipin_node *node);
void vipin_hdmi_ctrls_init(struct vipin_node *node);
int vipin_query_dv_timings(struct file *file, void *fh, struct v4l2_dv_timings *timings);
int vipin_g_dv_timings(struct file *file, void *fh, struct v4l2_dv_timings *timings);
int vipin_s_dv_timings(struct file *file, void *fh, struct v4l2_dv_timings *timings);
int vipin_enum_dv_timings(struct file *file, void *fh, struct v4l2_enum_dv_timings *timings);
int vipin_dv_timings_cap(struct file *file, void *fh, struct v4l2_dv_timings_cap *cap);
int vipin_g_edid(struct file *file, void *fh, struct v4l2_edid *edid);
int vipin_s_edid(struct file *file, void *fh, struct v4l2_edid *edid);

/* vipin-tv.c */
extern const struct vipin_input_kind vipin_input_tv;
bool vipin_has_tv(const struct vipin_node *node);
u32 vipin_tv_field(const struct vipin_node *node, u32 number);
int vipin_g_std(struct file *file, void *fh, v4l2_std_id *std);
int vipin_s_std(struct file *file, void *fh, v4l2_std_id std);

#endif /* _VIPIN_INPUT_H */
