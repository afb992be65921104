# SPDX-License-Identifier: GPL-2.0-only
# Completion for bash. Options, kinds of memory and formats come from the programs themselves.

_v4l2_pincheck()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=$1 words=

	case $before in
	-m | --memory | --explain)
		words=$("$program" --list 2>/dev/null | sed -n '2,/^$/s/^[ !] \([^ ]*\) .*/\1/p')
		;;
	-d | --device) words=$(compgen -G '/dev/video*') ;;
	-p | --policy) words='kernel strict' ;;
	--direction) words='capture output' ;;
	--contiguous) words='yes no' ;;
	--color) words='auto always never' ;;
	--json | --html | --junit | --frame-png | --expect)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	--size | --format | --plane | -n | --frames) return ;;
	*)
		words=$(compgen -G '/dev/video*')
		[[ $word != -* ]] ||
			words=$("$program" --help 2>/dev/null | grep -oE '(^ +|, )--?[a-zA-Z-]+' |
				tr -d ' ,')
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _v4l2_pincheck v4l2-pincheck
