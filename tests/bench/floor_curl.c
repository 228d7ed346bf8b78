/*
 * floor_curl - libcurl's multi interface and nothing else: the least that
 * fetching costs.
 *
 *	floor_curl PORT FEEDS [HEADER]
 *
 * Asks http://127.0.0.N:PORT/feed-I.xml, 50 hosts in turn, and throws the
 * answers away.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#define HOSTS		50
#define PARALLEL	32
#define PER_HOST	2

static int	port;

static void
url_of(char *out, size_t size, int i)
{
	snprintf(out, size, "http://127.0.0.%d:%d/feed-%d.xml", 1 + i % HOSTS,
	    port, i);
}

static size_t
ignore(char *p, size_t size, size_t n, void *arg)
{
	(void)p;
	*(size_t *)arg += size * n;
	return size * n;
}

int
main(int argc, char **argv)
{
	int feeds = argc > 2 ? atoi(argv[2]) : 0;
	CURLM *multi = curl_multi_init();
	CURL *easy[PARALLEL];
	struct curl_slist *headers = NULL;
	size_t bytes = 0;
	int next = 0, ended = 0, running, left;

	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	    (long)PER_HOST);
	headers = curl_slist_append(headers, "Accept-Encoding: gzip");
	if (argc > 3 && argv[3][0] != '\0')
		headers = curl_slist_append(headers, argv[3]);
	port = argc > 1 ? atoi(argv[1]) : 0;
	for (int i = 0; i < PARALLEL; i++)
		easy[i] = curl_easy_init();
	for (int i = 0; i < PARALLEL && next < feeds; i++) {
		char url[100];

		url_of(url, sizeof(url), next++);
		curl_easy_setopt(easy[i], CURLOPT_URL, url);
		curl_easy_setopt(easy[i], CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(easy[i], CURLOPT_WRITEFUNCTION, ignore);
		curl_easy_setopt(easy[i], CURLOPT_WRITEDATA, &bytes);
		curl_easy_setopt(easy[i], CURLOPT_USERAGENT, "bench");
		curl_multi_add_handle(multi, easy[i]);
	}
	while (ended < feeds) {
		CURLMsg *m;

		curl_multi_perform(multi, &running);
		while ((m = curl_multi_info_read(multi, &left)) != NULL) {
			CURL *e = m->easy_handle;
			char url[100];

			if (m->data.result != CURLE_OK)
				return 1;
			ended++;
			curl_multi_remove_handle(multi, e);
			if (next == feeds)
				continue;
			url_of(url, sizeof(url), next++);
			curl_easy_setopt(e, CURLOPT_URL, url);
			curl_multi_add_handle(multi, e);
		}
		if (ended < feeds)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	return 0;
}
