# shellcheck shell=bash
# vivid-picture.sh - a webcam of vivid, whose picture is that of vipin: both use v4l2-tpg. Source this
# file after ktap.sh.
#
#	load_picture single|multi	load vivid with one webcam, and set "picture" to the options of
#					every-format that compare with it. They are empty if this
#					machine is not only ours, or has no vivid
#	unload_picture			unload it

load_picture()
{
	local planes=1 name

	picture=()
	[ -z "${VIPIN_GENTLE-}" ] || return 0
	[ "$1" = single ] || planes=2
	modprobe -q vivid n_devs=1 node_types=0x1 multiplanar=$planes num_inputs=1 input_types=0 ||
		return 0
	name=$(grep -lx vivid-000-vid-cap /sys/class/video4linux/*/name)
	name=/dev/$(basename "${name%/name}")
	# Menu item 2: no text in the picture.
	v4l2-ctl -d "$name" -c osd_text_mode=2
	# shellcheck disable=SC2034 # used by the suites
	picture=(-r "$name")
}

unload_picture()
{
	[ -n "${VIPIN_GENTLE-}" ] || modprobe -rq vivid || :
}
