# shellcheck shell=bash
# selection.sh - set the format of a node, and select a part of its frames. "direction" is cap or out.

set_format()	# NODE WIDTH HEIGHT [FOURCC]
{
	local option=-v

	[ "$direction" = cap ] || option=-x
	v4l2-ctl -d "$1" "$option" "width=$2,height=$3,pixelformat=${4:-YUYV}"
}

select_part()	# NODE TARGET LEFT TOP WIDTH HEIGHT [FLAGS]
{
	local option=--set-selection

	[ "$direction" = cap ] || option=--set-selection-output
	v4l2-ctl -d "$1" "$option" "target=$2,left=$3,top=$4,width=$5,height=$6${7:+,flags=$7}"
}
