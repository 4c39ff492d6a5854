/*
 * The C client of NATS at a door: serves "greet.c.*", asks the tabs, and hears what they say.
 *
 *   apt-get install libnats-dev
 *   cc -o greet-c greet.c -lnats
 *   ./greet-c nats://127.0.0.1:4222
 *
 * Prints "ready", then a line for each thing that happened, and ends when "greet.end" has come.
 */
#include <nats/nats.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 10000

/** Ends with the client's own words. */
static void must(natsStatus status, const char *what) {
  if (status == NATS_OK) return;
  fprintf(stderr, "%s: %s\n", what, natsStatus_GetText(status));
  exit(1);
}

static void answer(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *closure) {
  char text[256];
  const char *mood = NULL;
  natsMsgHeader_Get(msg, "Mood", &mood);
  snprintf(text, sizeof text, "C greets %.*s, %s", natsMsg_GetDataLength(msg), natsMsg_GetData(msg),
           mood ? mood : "without a header");
  must(natsConnection_PublishString(nc, natsMsg_GetReply(msg), text), "answering");
  natsMsg_Destroy(msg);
}

/** Its answer, or that nobody serves the subject. */
static void ask(natsConnection *nc, const char *subject) {
  natsMsg *reply = NULL;
  natsStatus status = natsConnection_RequestString(&reply, nc, subject, "C", TIMEOUT_MS);
  if (status == NATS_OK) printf("%s: %.*s\n", subject, natsMsg_GetDataLength(reply), natsMsg_GetData(reply));
  else printf("%s: %s\n", subject, natsStatus_GetText(status));
  natsMsg_Destroy(reply);
}

int main(int argc, char **argv) {
  natsConnection *nc = NULL;
  natsSubscription *served = NULL, *heard = NULL;
  must(natsConnection_ConnectTo(&nc, argc > 1 ? argv[1] : NATS_DEFAULT_URL), "connecting");
  must(natsConnection_QueueSubscribe(&served, nc, "greet.c.*", "greeters", answer, NULL), "serving");
  must(natsConnection_SubscribeSync(&heard, nc, "greet.all"), "subscribing");
  natsSubscription *end = NULL;
  must(natsConnection_SubscribeSync(&end, nc, "greet.end"), "subscribing");
  must(natsConnection_Flush(nc), "flushing");
  ask(nc, "greet.tab");
  ask(nc, "greet.nobody");
  puts("ready");
  fflush(stdout);
  natsMsg *msg = NULL;
  must(natsSubscription_NextMsg(&msg, end, 6 * TIMEOUT_MS), "waiting for the end");
  natsMsg_Destroy(msg);
  while (natsSubscription_NextMsg(&msg, heard, 1) == NATS_OK) {
    printf("greet.all: %.*s\n", natsMsg_GetDataLength(msg), natsMsg_GetData(msg));
    natsMsg_Destroy(msg);
  }
  natsSubscription_Destroy(end);
  natsSubscription_Destroy(heard);
  natsSubscription_Destroy(served);
  natsConnection_Destroy(nc);
  nats_Close();
  return 0;
}
