// SPDX-License-Identifier: GPL-2.0-only

// Usage: go-captures NODE WIDTH HEIGHT COUNT
//
// go-captures writes COUNT frames in YUYV to its standard output. It uses Go's binding of V4L2,
// github.com/korandiz/v4l.
package main

import (
	"io"
	"log"
	"os"
	"strconv"

	"github.com/korandiz/v4l"
)

// yuyv is V4L2_PIX_FMT_YUYV.
const yuyv = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24

// must ends the program if err is an error.
func must(err error) {
	if err != nil {
		log.Fatalln(err)
	}
}

// number returns the number that is argument i.
func number(i int) int {
	value, err := strconv.Atoi(os.Args[i])
	must(err)
	return value
}

func main() {
	if len(os.Args) != 5 {
		log.Fatalln("usage: go-captures NODE WIDTH HEIGHT COUNT")
	}
	camera, err := v4l.Open(os.Args[1])
	must(err)
	defer camera.Close()

	config, err := camera.GetConfig()
	must(err)
	config.Format, config.Width, config.Height = yuyv, number(2), number(3)
	must(camera.SetConfig(config))
	must(camera.TurnOn())
	for count := number(4); count > 0; count-- {
		frame, err := camera.Capture()
		must(err)
		_, err = io.Copy(os.Stdout, frame)
		must(err)
	}
}
