// SPDX-License-Identifier: GPL-2.0-only
/*
 * usb-camera - a USB camera for tests, in a program
 *
 * The kernel's vhci-hcd is a USB host controller whose devices are at the other end of a socket
 * (Documentation/usb/usbip_protocol.rst). This program is the device: a camera of the USB Video
 * Class 1.0. So the driver uvcvideo runs as with a real camera, with real URBs.
 *
 * dummy_hcd and the UVC gadget cannot do that: the gadget sends frames through an isochronous
 * endpoint only, and dummy_hcd has no isochronous transfers. This camera has a bulk endpoint.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <linux/usb/ch9.h>
#include <linux/usb/video.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/text-file.h"
#include "must.h"

#if __BYTE_ORDER != __LITTLE_ENDIAN
#error "the descriptors are little-endian"
#endif

#define ATTACH		"/sys/devices/platform/vhci_hcd.0/attach"
#define DETACH		"/sys/devices/platform/vhci_hcd.0/detach"

/* The requests and answers of the protocol. All numbers are big-endian. */
#define CMD_SUBMIT	1
#define CMD_UNLINK	2
#define RET_SUBMIT	3
#define RET_UNLINK	4

/*
 * A frame is sent in payloads of this size, one for each URB. Their headers have two times, of
 * which uvcvideo makes metadata: that of the frame, and that of the clock.
 */
#define PAYLOAD		16384
#define HEADER		12

/* 30 frames a second, in units of 100 ns, as the descriptors have it. */
#define INTERVAL	333333
#define BIT_RATE	(320 * 240 * 16 * 30)

static const char usage[] =
	"Usage: usb-camera\n"
	"Attaches a USB camera to the first port of vhci-hcd, which must be loaded, until SIGTERM.\n"
	"The camera has YUYV in 160x120 and 320x240, at 30 frames a second.\n"
	"Exit status: 0 ended, 2 could not run.\n";

/* Interface association; the vendor is the Linux Foundation, and the product its webcam gadget. */
static const struct usb_device_descriptor device = {
	USB_DT_DEVICE_SIZE, USB_DT_DEVICE, 0x0200, USB_CLASS_MISC, 2, 1, 64, 0x1d6b, 0x0102, 0x0100,
	0, 1, 0, 1,
};

DECLARE_UVC_HEADER_DESCRIPTOR(1);
DECLARE_UVC_INPUT_HEADER_DESCRIPTOR(1, 1);
DECLARE_UVC_FRAME_UNCOMPRESSED(1);

/* A camera whose pictures go to a stream. The host wants the sizes of both classes' descriptors. */
struct video_control {
	struct UVC_HEADER_DESCRIPTOR(1) header;
	struct uvc_camera_terminal_descriptor camera;
	struct uvc_output_terminal_descriptor output;
} __packed;

struct video_stream {
	struct UVC_INPUT_HEADER_DESCRIPTOR(1, 1) header;
	struct uvc_format_uncompressed format;
	struct UVC_FRAME_UNCOMPRESSED(1) frames[2];
	struct uvc_color_matching_descriptor colours;
} __packed;

struct configuration {
	struct usb_config_descriptor config;
	struct usb_interface_assoc_descriptor association;
	struct usb_interface_descriptor control_interface;
	struct video_control control;
	struct usb_interface_descriptor stream_interface;
	struct video_stream stream;
	__u8 endpoint[USB_DT_ENDPOINT_SIZE];
} __packed;

static const struct configuration configuration = {
	.config = {
		USB_DT_CONFIG_SIZE, USB_DT_CONFIG, sizeof(struct configuration), 2, 1, 0,
		USB_CONFIG_ATT_ONE, 50,
	},
	.association = {
		USB_DT_INTERFACE_ASSOCIATION_SIZE, USB_DT_INTERFACE_ASSOCIATION, 0, 2,
		USB_CLASS_VIDEO, UVC_SC_VIDEO_INTERFACE_COLLECTION, 0, 0,
	},
	.control_interface = {
		USB_DT_INTERFACE_SIZE, USB_DT_INTERFACE, 0, 0, 0,
		USB_CLASS_VIDEO, UVC_SC_VIDEOCONTROL, 0, 0,
	},
	.control = {
		.header = {
			UVC_DT_HEADER_SIZE(1), USB_DT_CS_INTERFACE, UVC_VC_HEADER, 0x0100,
			sizeof(struct video_control), 6000000, 1, { 1 },
		},
		.camera = {
			UVC_DT_CAMERA_TERMINAL_SIZE(3), USB_DT_CS_INTERFACE, UVC_VC_INPUT_TERMINAL,
			1, UVC_ITT_CAMERA, 0, 0, 0, 0, 0, 3, { 0 },
		},
		.output = {
			UVC_DT_OUTPUT_TERMINAL_SIZE, USB_DT_CS_INTERFACE, UVC_VC_OUTPUT_TERMINAL,
			2, UVC_TT_STREAMING, 0, 1, 0,
		},
	},
	.stream_interface = {
		USB_DT_INTERFACE_SIZE, USB_DT_INTERFACE, 1, 0, 1,
		USB_CLASS_VIDEO, UVC_SC_VIDEOSTREAMING, 0, 0,
	},
	.stream = {
		.header = {
			UVC_DT_INPUT_HEADER_SIZE(1, 1), USB_DT_CS_INTERFACE, UVC_VS_INPUT_HEADER, 1,
			sizeof(struct video_stream), USB_DIR_IN | 1, 0, 2, 0, 0, 0, 1, { { 0 } },
		},
		.format = {
			UVC_DT_FORMAT_UNCOMPRESSED_SIZE, USB_DT_CS_INTERFACE,
			UVC_VS_FORMAT_UNCOMPRESSED, 1, 2,
			{
				'Y', 'U', 'Y', '2', 0, 0, 0x10, 0,
				0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
			},
			16, 1, 0, 0, 0, 0,
		},
		.frames = {
			{
				UVC_DT_FRAME_UNCOMPRESSED_SIZE(1), USB_DT_CS_INTERFACE,
				UVC_VS_FRAME_UNCOMPRESSED, 1, 0, 160, 120, BIT_RATE, BIT_RATE,
				160 * 120 * 2, INTERVAL, 1, { INTERVAL },
			}, {
				UVC_DT_FRAME_UNCOMPRESSED_SIZE(1), USB_DT_CS_INTERFACE,
				UVC_VS_FRAME_UNCOMPRESSED, 2, 0, 320, 240, BIT_RATE, BIT_RATE,
				320 * 240 * 2, INTERVAL, 1, { INTERVAL },
			},
		},
		.colours = {
			UVC_DT_COLOR_MATCHING_SIZE, USB_DT_CS_INTERFACE, UVC_VS_COLORFORMAT,
			UVC_COLOR_PRIMARIES_BT_709_SRGB, UVC_TRANSFER_CHARACTERISTICS_BT_709,
			UVC_MATRIX_COEFFICIENTS_SMPTE_170M,
		},
	},
	.endpoint = {
		USB_DT_ENDPOINT_SIZE, USB_DT_ENDPOINT, USB_DIR_IN | 1, USB_ENDPOINT_XFER_BULK,
		512 & 0xff, 512 >> 8, 0,
	},
};

static const __u8 languages[] = { 4, USB_DT_STRING, 0x09, 0x04 };
static const __u8 product[] = {
	14, USB_DT_STRING, 'c', 0, 'a', 0, 'm', 0, 'e', 0, 'r', 0, 'a', 0,
};

/**
 * struct setup - a control request
 * @type:	direction, type and recipient
 * @request:	its number
 * @value:	what it is about
 * @index:	the interface
 * @length:	number of bytes
 */
struct setup {
	__u8 type;
	__u8 request;
	__u16 value;
	__u16 index;
	__u16 length;
};

/**
 * struct message - a request or an answer: the header of the protocol
 * @command:	CMD_... or RET_...
 * @seqnum:	number of the request
 * @devid:	the device; 0 in an answer
 * @direction:	0: to the device; 0 in an answer
 * @ep:		number of the endpoint; 0 in an answer
 * @value:	of CMD_SUBMIT: flags and length; of an answer: status and length
 * @setup:	of CMD_SUBMIT: a control request
 */
struct message {
	__u32 command;
	__u32 seqnum;
	__u32 devid;
	__u32 direction;
	__u32 ep;
	__u32 value[5];
	struct setup setup;
};

/**
 * struct stream_control - the parameters of a stream, which the host negotiates
 * @hint:	unused
 * @format:	index of the format
 * @frame:	index of the frame size
 * @interval:	time of a frame
 * @unused:	rates of key frames and others
 * @frame_size:	bytes of a frame
 * @payload:	largest size of a payload
 */
struct stream_control {
	__u16 hint;
	__u8 format;
	__u8 frame;
	__u32 interval;
	__u16 unused[5];
	__u32 frame_size;
	__u32 payload;
} __packed;

static struct stream_control control = { .format = 1, .frame = 1 };

/* The frame that is sent: its number, and how much of it is sent. */
static __u32 frame_number;
static size_t frame_sent;

static void end(int signal)
{
	(void)signal;
	must(DETACH, text_file_write(DETACH, "0"));
	_exit(0);
}

/* Receive exactly so many bytes. The kernel closes the socket when the device is detached. */
static void receive(int fd, void *to, size_t size)
{
	ssize_t n = size ? recv(fd, to, size, MSG_WAITALL) : 0;

	must("recv", n);
	if ((size_t)n < size)
		exit(0);
}

static void answer(int fd, const struct message *request, __u32 command, int status,
		   const void *data, size_t size)
{
	struct message reply = {
		.command = htonl(command),
		.seqnum = request->seqnum,
		.value = { htonl(status), htonl(size) },
	};

	must("send", send(fd, &reply, sizeof(reply), 0));
	if (data && size)
		must("send", send(fd, data, size, 0));
}

/* Set what the host may not choose. */
static void complete(struct stream_control *c)
{
	if (c->frame != 2)
		c->frame = 1;
	c->format = 1;
	c->interval = INTERVAL;
	c->frame_size = c->frame == 2 ? 320 * 240 * 2 : 160 * 120 * 2;
	c->payload = PAYLOAD;
}

static const void *descriptor(unsigned int value, size_t *size)
{
	static const struct {
		unsigned int value;
		const void *bytes;
		size_t size;
	} descriptors[] = {
		{ USB_DT_DEVICE << 8, &device, sizeof(device) },
		{ USB_DT_CONFIG << 8, &configuration, sizeof(configuration) },
		{ USB_DT_STRING << 8, languages, sizeof(languages) },
		{ USB_DT_STRING << 8 | 1, product, sizeof(product) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(descriptors); i++) {
		if (descriptors[i].value != value)
			continue;
		*size = descriptors[i].size;
		return descriptors[i].bytes;
	}
	return NULL;
}

/* Is it a request about the parameters of the stream? */
static bool is_about_stream(const struct setup *r)
{
	unsigned int selector = r->value >> 8;

	return (r->type & ~USB_DIR_IN) == (USB_TYPE_CLASS | USB_RECIP_INTERFACE) &&
	       (r->index & 0xff) == 1 &&
	       (selector == UVC_VS_PROBE_CONTROL || selector == UVC_VS_COMMIT_CONTROL);
}

/* Find the data that a control request asks for. NULL: the device does not know it. */
static const void *data_of(const struct setup *r, size_t *size)
{
	static const __u8 status[2];

	if (r->type == USB_DIR_IN && r->request == USB_REQ_GET_DESCRIPTOR)
		return descriptor(r->value, size);
	if (r->type == USB_DIR_IN && r->request == USB_REQ_GET_STATUS) {
		*size = sizeof(status);
		return status;
	}
	if (!is_about_stream(r) || r->request < UVC_GET_CUR || r->request > UVC_GET_DEF)
		return NULL;
	complete(&control);
	*size = sizeof(control);
	return &control;
}

static void do_control(int fd, const struct message *m)
{
	const struct setup *r = &m->setup;
	size_t length = r->length, size = 0;
	const void *data;
	__u8 written[64];

	if (r->type & USB_DIR_IN) {
		data = data_of(r, &size);
		answer(fd, m, RET_SUBMIT, data ? 0 : -EPIPE, data, size < length ? size : length);
		return;
	}
	if (length > sizeof(written))
		exit(2);
	receive(fd, written, length);
	if (is_about_stream(r) && length >= sizeof(control)) {
		memcpy(&control, written, sizeof(control));
		complete(&control);
		frame_sent = 0;
	}
	answer(fd, m, RET_SUBMIT, 0, NULL, length);
}

/* Send the next part of a frame. A frame ends with a payload that is marked. */
static void do_stream(int fd, const struct message *m, size_t length)
{
	size_t frame_size = control.frame_size, part = frame_size - frame_sent;
	const struct timespec pause = { .tv_nsec = INTERVAL * 100L };
	static __u8 payload[PAYLOAD];
	static __u32 clock;

	if (length > sizeof(payload))
		length = sizeof(payload);
	if (part > length - HEADER)
		part = length - HEADER;
	if (!frame_sent)
		nanosleep(&pause, NULL);
	payload[0] = HEADER;
	payload[1] = UVC_STREAM_EOH | UVC_STREAM_PTS | UVC_STREAM_SCR;
	payload[1] |= frame_number & UVC_STREAM_FID;
	clock++;
	memcpy(payload + 2, &frame_number, 4);
	memcpy(payload + 6, &clock, 4);
	for (size_t i = 0; i < part; i++)
		payload[HEADER + i] = frame_sent + i + frame_number;
	frame_sent += part;
	if (frame_sent == frame_size) {
		payload[1] |= UVC_STREAM_EOF;
		frame_number++;
		frame_sent = 0;
	}
	answer(fd, m, RET_SUBMIT, 0, payload, HEADER + part);
}

int main(int argc, char **argv)
{
	struct message m;
	char line[64];
	int fds[2];

	if (argc != 1) {
		fputs(usage, stderr);
		return 2;
	}
	(void)argv;
	complete(&control);
	must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	signal(SIGTERM, end);
	snprintf(line, sizeof(line), "0 %d %d %d", fds[0], 1 << 16 | 1, USB_SPEED_HIGH);
	must(ATTACH, text_file_write(ATTACH, line));
	close(fds[0]);
	for (;;) {
		receive(fds[1], &m, sizeof(m));
		/* A URB is answered before the next request is read, so there is none to unlink. */
		if (ntohl(m.command) == CMD_UNLINK)
			answer(fds[1], &m, RET_UNLINK, 0, NULL, 0);
		else if (!m.ep)
			do_control(fds[1], &m);
		else
			do_stream(fds[1], &m, ntohl(m.value[1]));
	}
}
