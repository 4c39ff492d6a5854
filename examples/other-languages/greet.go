// The Go client of NATS at a door: serves "greet.go.*", asks the tabs, and hears what they say.
//
//	apt-get install golang-go golang-github-nats-io-go-nats-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go run greet.go nats://127.0.0.1:4222
//
// Prints "ready", then a line for each thing that happened, and ends when "greet.end" has come.
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"github.com/nats-io/nats.go"
)

const timeout = 10 * time.Second

// Its answer, or that nobody serves the subject.
func ask(nc *nats.Conn, subject string) {
	reply, err := nc.Request(subject, []byte("Go"), timeout)
	if err != nil {
		fmt.Printf("%s: %v\n", subject, err)
		return
	}
	fmt.Printf("%s: %s\n", subject, reply.Data)
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	url := nats.DefaultURL
	if len(os.Args) > 1 {
		url = os.Args[1]
	}
	nc := must(nats.Connect(url))
	defer nc.Close()
	must(nc.QueueSubscribe("greet.go.*", "greeters", func(m *nats.Msg) {
		mood := m.Header.Get("Mood")
		if mood == "" {
			mood = "without a header"
		}
		if err := m.Respond([]byte(fmt.Sprintf("Go greets %s, %s", m.Data, mood))); err != nil {
			log.Fatal(err)
		}
	}))
	heard := must(nc.SubscribeSync("greet.all"))
	end := must(nc.SubscribeSync("greet.end"))
	if err := nc.Flush(); err != nil {
		log.Fatal(err)
	}
	ask(nc, "greet.tab")
	ask(nc, "greet.nobody")
	fmt.Println("ready")
	must(end.NextMsg(6 * timeout))
	for {
		m, err := heard.NextMsg(time.Millisecond)
		if err != nil {
			return
		}
		fmt.Printf("greet.all: %s\n", m.Data)
	}
}
