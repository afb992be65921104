# shellcheck shell=bash
# vivid-picture.sh - a vivid whose picture is that of vipin: both use v4l2-tpg. Source this file after
# ktap.sh.
#
#	load_vivid INPUT PLANES		load vivid with one input, 0 for a webcam or 3 for HDMI, and with the
#					single-planar or the multi-planar API (PLANES 1 or 2). Set "vivid" to
#					its node, or to nothing if this machine is not only ours, or has no
#					vivid
#	load_picture single|multi	load a webcam, and set "picture" to the options of every-format that
#					compare with it, or to nothing
#	unload_vivid			unload it

load_vivid()
{
	local name

	vivid=
	[ -z "${VIPIN_GENTLE-}" ] || return 0
	modprobe -q vivid n_devs=1 node_types=0x1 "multiplanar=$2" num_inputs=1 "input_types=$1" ||
		return 0
	name=$(grep -lx vivid-000-vid-cap /sys/class/video4linux/*/name)
	vivid=/dev/$(basename "${name%/name}")
	# Menu item 2: no text in the picture.
	v4l2-ctl -d "$vivid" -c osd_text_mode=2
}

load_picture()
{
	local planes=1

	[ "$1" = single ] || planes=2
	load_vivid 0 $planes
	# shellcheck disable=SC2034 # used by the suites
	picture=(${vivid:+-r "$vivid"})
}

unload_vivid()
{
	[ -n "${VIPIN_GENTLE-}" ] || modprobe -rq vivid || :
}
