// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-hdmi.c - an HDMI input: the timings that it receives, its EDID, and the source that is
 * connected to it
 *
 * The size and the time per frame are those of the timings that a program sets. Two controls play
 * the source. While it sends other timings, or nothing, no frame is written, as on hardware. A
 * program has to stop, ask for the timings of the source, and set them. Its buffers have another
 * size then, so they cannot change while it streams.
 *
 * Names and values of controls that vivid also has are those of vivid.
 */

#include <linux/build_bug.h>
#include <linux/v4l2-dv-timings.h>

#include <media/v4l2-dv-timings.h>

#include "vipin-compat.h"
#include "vipin.h"

/* What the source can send. By default, the input cannot receive the last two. */
static const char * const vipin_hdmi_names[] = {
	"640x480p59.94",
	"720x480p59.94",
	"720x576p50",
	"800x600p60",
	"1024x768p60",
	"1280x720p50",
	"1280x720p60",
	"1920x1080p24",
	"1920x1080p30",
	"1920x1080p50",
	"1920x1080p60",
	"1920x1200p60",
	"3840x2160p30",
	NULL
};

static const struct v4l2_dv_timings vipin_hdmi_timings[] = {
	V4L2_DV_BT_CEA_640X480P59_94,
	V4L2_DV_BT_CEA_720X480P59_94,
	V4L2_DV_BT_CEA_720X576P50,
	V4L2_DV_BT_DMT_800X600P60,
	V4L2_DV_BT_DMT_1024X768P60,
	V4L2_DV_BT_CEA_1280X720P50,
	V4L2_DV_BT_CEA_1280X720P60,
	V4L2_DV_BT_CEA_1920X1080P24,
	V4L2_DV_BT_CEA_1920X1080P30,
	V4L2_DV_BT_CEA_1920X1080P50,
	V4L2_DV_BT_CEA_1920X1080P60,
	V4L2_DV_BT_DMT_1920X1200P60_RB,
	V4L2_DV_BT_CEA_3840X2160P30,
};

static_assert(ARRAY_SIZE(vipin_hdmi_names) == ARRAY_SIZE(vipin_hdmi_timings) + 1);

static const struct v4l2_dv_timings vipin_hdmi_default = V4L2_DV_BT_CEA_1280X720P60;

/* The source reads this until a program sets another EDID. Two blocks, which end with checksums. */
static const u8 vipin_hdmi_edid[2 * VIPIN_EDID_BLOCK] = {
	/* The header; LNX, product 0x5650, made in 2026; EDID 1.3, digital, RGB, gamma 2.2 */
	0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
	0x31, 0xd8, 0x50, 0x56, 0x00, 0x00, 0x00, 0x00, 0x00, 0x24,
	0x01, 0x03, 0x80, 0x00, 0x00, 0x78, 0x0a,
	/* The colours of sRGB */
	0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54,
	/* 640x480, 800x600 and 1024x768 at 60 Hz; no standard timings */
	0x21, 0x08, 0x00,
	0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
	0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
	/* 1280x720p60 is preferred; 1920x1080p60 */
	0x01, 0x1d, 0x00, 0x72, 0x51, 0xd0, 0x1e, 0x20, 0x6e,
	0x28, 0x55, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1e,
	0x02, 0x3a, 0x80, 0x18, 0x71, 0x38, 0x2d, 0x40, 0x58,
	0x2c, 0x45, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1e,
	/* The name "vipin"; 23 to 61 Hz, 15 to 68 kHz, up to 300 MHz */
	0x00, 0x00, 0x00, 0xfc, 0x00, 0x76, 0x69, 0x70, 0x69,
	0x6e, 0x0a, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
	0x00, 0x00, 0x00, 0xfd, 0x00, 0x17, 0x3d, 0x0f, 0x44,
	0x1e, 0x00, 0x0a, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
	/* One block follows */
	0x01, 0x5e,
	/* CTA-861: ten video formats, 720p60 is native; HDMI, physical address 1.0.0.0, 300 MHz */
	0x02, 0x03, 0x17, 0x00,
	0x4a, 0x84, 0x10, 0x1f, 0x22, 0x20, 0x13, 0x01, 0x02, 0x11, 0x5f,
	0x67, 0x03, 0x0c, 0x00, 0x10, 0x00, 0x00, 0x3c,
	[2 * VIPIN_EDID_BLOCK - 1] = 0x5d,
};

/* Return what the input can receive. The administrator may allow larger frames. */
static struct v4l2_dv_timings_cap vipin_hdmi_cap(const struct vipin_node *node)
{
	const struct vipin_offer offer = vipin_device_offer(node->parent);

	return (struct v4l2_dv_timings_cap){
		.type = V4L2_DV_BT_656_1120,
		.bt = {
			.min_width = 640,
			.max_width = clamp(offer.max.width ?: 1920, 640U, VIPIN_MAX_WIDTH),
			.min_height = 480,
			.max_height = clamp(offer.max.height ?: 1080, 480U, VIPIN_MAX_HEIGHT),
			.min_pixelclock = 25000000,
			.max_pixelclock = 600000000,
			.standards = V4L2_DV_BT_STD_CEA861 | V4L2_DV_BT_STD_DMT,
			.capabilities = V4L2_DV_BT_CAP_PROGRESSIVE,
		},
	};
}

/* Find out what the input sees. Return what VIDIOC_QUERY_DV_TIMINGS returns. */
static int vipin_hdmi_detect(const struct vipin_node *node, struct v4l2_dv_timings *timings)
{
	const struct v4l2_dv_timings_cap cap = vipin_hdmi_cap(node);
	const struct vipin_hdmi *hdmi = &node->hdmi;

	/* A source that sees no input sends nothing. */
	if (!hdmi->edid_blocks)
		return -ENOLINK;
	switch (hdmi->mode) {
	case VIPIN_SIGNAL_CURRENT:
		*timings = hdmi->timings;
		return 0;
	case VIPIN_SIGNAL_SELECTED:
		*timings = vipin_hdmi_timings[hdmi->selected];
		return v4l2_valid_dv_timings(timings, &cap, NULL, NULL) ? 0 : -ERANGE;
	case VIPIN_SIGNAL_NO_LOCK:
		return -ENOLCK;
	case VIPIN_SIGNAL_OUT_OF_RANGE:
		return -ERANGE;
	}
	return -ENOLINK;
}

/* Note what the input sees now. Return true if that is something else than before. */
static bool vipin_hdmi_update(struct vipin_node *node)
{
	struct vipin_hdmi *hdmi = &node->hdmi;
	struct v4l2_dv_timings sent = { };
	int err = vipin_hdmi_detect(node, &sent);
	bool changed = err != hdmi->err ||
		       (!err && !v4l2_match_dv_timings(&sent, &hdmi->sent, 0, true));

	hdmi->err = err;
	hdmi->sent = sent;
	WRITE_ONCE(hdmi->live, !err && v4l2_match_dv_timings(&sent, &hdmi->timings, 0, true));
	wake_up(&node->wake);
	return changed;
}

/* The source does something else. Programs get an event if the input sees that. */
static void vipin_hdmi_source_changed(struct vipin_node *node)
{
	if (vipin_hdmi_update(node))
		vipin_event_source_change(node, vipin_input_find(node, VIPIN_INPUT_HDMI));
}

static int vipin_hdmi_s_ctrl(struct v4l2_ctrl *ctrl)
{
	struct vipin_node *node = container_of(ctrl->handler, struct vipin_node, ctrls);
	struct vipin_hdmi *hdmi = &node->hdmi;
	int err = 0;

	if (ctrl->id == VIPIN_CID_DV_TIMINGS) {
		hdmi->selected = ctrl->val;
	} else {
		hdmi->mode = ctrl->val;
		/* A source without a signal is switched off. */
		err = __v4l2_ctrl_s_ctrl(hdmi->power, ctrl->val == VIPIN_SIGNAL_NONE ?
						      0 : hdmi->power->maximum);
	}
	vipin_hdmi_source_changed(node);
	return err;
}

static const struct v4l2_ctrl_ops vipin_hdmi_ctrl_ops = {
	.s_ctrl = vipin_hdmi_s_ctrl,
};

static const char * const vipin_hdmi_modes[] = {
	[VIPIN_SIGNAL_CURRENT]		= "Current DV Timings",
	[VIPIN_SIGNAL_NONE]		= "No Signal",
	[VIPIN_SIGNAL_NO_LOCK]		= "No Lock",
	[VIPIN_SIGNAL_OUT_OF_RANGE]	= "Out of Range",
	[VIPIN_SIGNAL_SELECTED]		= "Selected DV Timings",
	NULL
};

static const struct v4l2_ctrl_config vipin_ctrl_signal_mode = {
	.ops = &vipin_hdmi_ctrl_ops,
	.id = VIPIN_CID_DV_TIMINGS_SIGNAL_MODE,
	.name = "DV Timings Signal Mode",
	.type = V4L2_CTRL_TYPE_MENU,
	.max = VIPIN_SIGNAL_SELECTED,
	.qmenu = vipin_hdmi_modes,
};

static const struct v4l2_ctrl_config vipin_ctrl_dv_timings = {
	.ops = &vipin_hdmi_ctrl_ops,
	.id = VIPIN_CID_DV_TIMINGS,
	.name = "DV Timings",
	.type = V4L2_CTRL_TYPE_MENU,
	.max = ARRAY_SIZE(vipin_hdmi_timings) - 1,
	.qmenu = vipin_hdmi_names,
};

/**
 * vipin_hdmi_ctrls_init() - create the controls of the source
 * @node:	a node with an HDMI input
 */
void vipin_hdmi_ctrls_init(struct vipin_node *node)
{
	struct v4l2_ctrl_handler *hdl = &node->ctrls;
	const u32 mask = BIT(vipin_input_find(node, VIPIN_INPUT_HDMI));

	node->hdmi.power = v4l2_ctrl_new_std(hdl, NULL, V4L2_CID_DV_RX_POWER_PRESENT, 0, mask, 0,
					     mask);
	v4l2_ctrl_new_custom(hdl, &vipin_ctrl_signal_mode, NULL);
	v4l2_ctrl_new_custom(hdl, &vipin_ctrl_dv_timings, NULL);
}

/**
 * vipin_has_hdmi() - check whether a node has an HDMI input
 * @node:	the node
 *
 * Return: true if so, also while another input is the current one.
 */
bool vipin_has_hdmi(const struct vipin_node *node)
{
	return vipin_input_find(node, VIPIN_INPUT_HDMI) >= 0;
}

/**
 * vipin_hdmi_init() - connect a source that sends the default timings
 * @node:	a node with an HDMI input
 */
void vipin_hdmi_init(struct vipin_node *node)
{
	const struct v4l2_dv_timings_cap cap = vipin_hdmi_cap(node);
	struct vipin_hdmi *hdmi = &node->hdmi;

	hdmi->timings = vipin_hdmi_default;
	/* The administrator may allow smaller frames only. */
	if (!v4l2_valid_dv_timings(&hdmi->timings, &cap, NULL, NULL))
		hdmi->timings = vipin_hdmi_timings[0];
	memcpy(hdmi->edid, vipin_hdmi_edid, sizeof(vipin_hdmi_edid));
	hdmi->edid_blocks = sizeof(vipin_hdmi_edid) / VIPIN_EDID_BLOCK;
	vipin_hdmi_update(node);
}

/* The only size is that of the timings, also if the administrator allows smaller frames now. */
static void vipin_hdmi_limit(const struct vipin_node *node, struct v4l2_area *max)
{
	max->width = node->hdmi.timings.bt.width;
	max->height = node->hdmi.timings.bt.height;
}

static void vipin_hdmi_adjust_size(struct v4l2_area max, struct v4l2_pix_format *pix)
{
	pix->width = max.width;
	pix->height = max.height;
}

static void vipin_hdmi_adjust_interval(struct vipin_node *node, struct v4l2_fract *interval)
{
	*interval = v4l2_calc_timeperframe(&node->hdmi.timings);
}

static u32 vipin_hdmi_status(const struct vipin_node *node)
{
	switch (node->hdmi.err) {
	case 0:
		return 0;
	case -ENOLINK:
		return V4L2_IN_ST_NO_SIGNAL;
	}
	return V4L2_IN_ST_NO_SYNC;
}

static bool vipin_hdmi_is_live(const struct vipin_node *node)
{
	return READ_ONCE(node->hdmi.live);
}

const struct vipin_input_kind vipin_input_hdmi = {
	.name			= "hdmi",
	.label			= "HDMI",
	.capabilities		= V4L2_IN_CAP_DV_TIMINGS,
	.selects		= true,
	.limit			= vipin_hdmi_limit,
	.adjust_size		= vipin_hdmi_adjust_size,
	.adjust_interval	= vipin_hdmi_adjust_interval,
	.enum_size		= vipin_one_enum_size,
	.enum_interval		= vipin_one_enum_interval,
	.status			= vipin_hdmi_status,
	.is_live		= vipin_hdmi_is_live,
};

static bool vipin_is_hdmi(const struct vipin_node *node)
{
	return node->kind == &vipin_input_hdmi;
}

/**
 * vipin_query_dv_timings() - VIDIOC_QUERY_DV_TIMINGS
 * @file:	the open file of a node with an HDMI input
 * @fh:		not used
 * @timings:	set to what the source sends
 *
 * Return: 0, -ENODATA if another input is the current one, -ENOLINK if there is no signal, -ENOLCK
 * if it is not stable, or -ERANGE if the input cannot receive it.
 */
int vipin_query_dv_timings(struct file *file, void *fh, struct v4l2_dv_timings *timings)
{
	struct vipin_node *node = video_drvdata(file);

	if (!vipin_is_hdmi(node))
		return -ENODATA;
	if (!node->hdmi.err)
		*timings = node->hdmi.sent;
	return node->hdmi.err;
}

/**
 * vipin_g_dv_timings() - VIDIOC_G_DV_TIMINGS
 * @file:	the open file of a node with an HDMI input
 * @fh:		not used
 * @timings:	set to what VIDIOC_S_DV_TIMINGS has set
 *
 * Return: 0, or -ENODATA if another input is the current one.
 */
int vipin_g_dv_timings(struct file *file, void *fh, struct v4l2_dv_timings *timings)
{
	struct vipin_node *node = video_drvdata(file);

	if (!vipin_is_hdmi(node))
		return -ENODATA;
	*timings = node->hdmi.timings;
	return 0;
}

/**
 * vipin_s_dv_timings() - VIDIOC_S_DV_TIMINGS
 * @file:	the open file of a node with an HDMI input
 * @fh:		not used
 * @timings:	timings that VIDIOC_ENUM_DV_TIMINGS lists
 *
 * Return: 0, -ENODATA if another input is the current one, -EINVAL for other timings, or -EBUSY if
 * the node has buffers, whose size is that of the current timings.
 */
int vipin_s_dv_timings(struct file *file, void *fh, struct v4l2_dv_timings *timings)
{
	struct vipin_node *node = video_drvdata(file);
	const struct v4l2_dv_timings_cap cap = vipin_hdmi_cap(node);
	struct vipin_hdmi *hdmi = &node->hdmi;

	if (!vipin_is_hdmi(node))
		return -ENODATA;
	if (!v4l2_find_dv_timings_cap(timings, &cap, 0, NULL, NULL))
		return -EINVAL;
	if (v4l2_match_dv_timings(timings, &hdmi->timings, 0, true))
		return 0;
	if (vb2_is_busy(&node->queue))
		return -EBUSY;
	hdmi->timings = *timings;
	/* The source did not change on its own, so there is no event. */
	vipin_hdmi_update(node);
	vipin_input_apply(node);
	return 0;
}

/**
 * vipin_enum_dv_timings() - VIDIOC_ENUM_DV_TIMINGS
 * @file:	the open file of a node with an HDMI input
 * @fh:		not used
 * @timings:	its index is set; the rest is filled in
 *
 * Return: 0, -ENODATA if another input is the current one, or -EINVAL after the last timings.
 */
int vipin_enum_dv_timings(struct file *file, void *fh, struct v4l2_enum_dv_timings *timings)
{
	struct vipin_node *node = video_drvdata(file);
	const struct v4l2_dv_timings_cap cap = vipin_hdmi_cap(node);

	if (!vipin_is_hdmi(node))
		return -ENODATA;
	return v4l2_enum_dv_timings_cap(timings, &cap, NULL, NULL);
}

/**
 * vipin_dv_timings_cap() - VIDIOC_DV_TIMINGS_CAP
 * @file:	the open file of a node with an HDMI input
 * @fh:		not used
 * @cap:	filled in
 *
 * Return: 0, or -ENODATA if another input is the current one.
 */
int vipin_dv_timings_cap(struct file *file, void *fh, struct v4l2_dv_timings_cap *cap)
{
	struct vipin_node *node = video_drvdata(file);

	if (!vipin_is_hdmi(node))
		return -ENODATA;
	*cap = vipin_hdmi_cap(node);
	return 0;
}

/* An EDID is that of an input, whether it is the current one or not. */
static bool vipin_edid_is_at(const struct vipin_node *node, const struct v4l2_edid *edid)
{
	return edid->pad == vipin_input_find(node, VIPIN_INPUT_HDMI);
}

/**
 * vipin_g_edid() - VIDIOC_G_EDID
 * @file:	the open file of a node with an HDMI input
 * @fh:		not used
 * @edid:	pad is the number of the input. With start_block and blocks 0, blocks is set to
 *		the number of all of them. Else it is reduced to those that exist
 *
 * Return: 0, -EINVAL for an input that has no EDID, or a first block that it does not have, or
 * -ENODATA if a program has removed the EDID.
 */
int vipin_g_edid(struct file *file, void *fh, struct v4l2_edid *edid)
{
	struct vipin_node *node = video_drvdata(file);
	const struct vipin_hdmi *hdmi = &node->hdmi;

	memset(edid->reserved, 0, sizeof(edid->reserved));
	if (!vipin_edid_is_at(node, edid))
		return -EINVAL;
	if (!edid->start_block && !edid->blocks) {
		edid->blocks = hdmi->edid_blocks;
		return 0;
	}
	if (!hdmi->edid_blocks)
		return -ENODATA;
	if (edid->start_block >= hdmi->edid_blocks)
		return -EINVAL;
	edid->blocks = min(edid->blocks, hdmi->edid_blocks - edid->start_block);
	memcpy(edid->edid, hdmi->edid + edid->start_block * VIPIN_EDID_BLOCK,
	       edid->blocks * VIPIN_EDID_BLOCK);
	return 0;
}

/**
 * vipin_s_edid() - VIDIOC_S_EDID
 * @file:	the open file of a node with an HDMI input
 * @fh:		not used
 * @edid:	pad is the number of the input. With 0 blocks, the source sees no input, and sends
 *		nothing
 *
 * As on hardware, the bytes are not checked, and a program may do this while it streams.
 *
 * Return: 0, -EINVAL for an input that has no EDID, or a first block other than 0, or -E2BIG with
 * blocks set to what can be stored.
 */
int vipin_s_edid(struct file *file, void *fh, struct v4l2_edid *edid)
{
	struct vipin_node *node = video_drvdata(file);
	struct vipin_hdmi *hdmi = &node->hdmi;

	memset(edid->reserved, 0, sizeof(edid->reserved));
	if (!vipin_edid_is_at(node, edid) || edid->start_block)
		return -EINVAL;
	if (edid->blocks > VIPIN_EDID_BLOCKS) {
		edid->blocks = VIPIN_EDID_BLOCKS;
		return -E2BIG;
	}
	if (edid->blocks)
		memcpy(hdmi->edid, edid->edid, edid->blocks * VIPIN_EDID_BLOCK);
	hdmi->edid_blocks = edid->blocks;
	vipin_hdmi_source_changed(node);
	return 0;
}
