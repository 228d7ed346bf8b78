#include <openssl/sha.h>

#include "base/hash.h"

void
hash_sha256(struct span s, unsigned char out[HASH_LEN])
{
	SHA256((const unsigned char *)s.p, s.n, out);
}

void
hash_hex(struct span s, char out[HASH_HEX])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[HASH_LEN];

	hash_sha256(s, raw);
	for (size_t i = 0; i < HASH_LEN; i++) {
		out[2 * i] = digits[raw[i] >> 4];
		out[2 * i + 1] = digits[raw[i] & 15];
	}
	out[HASH_HEX - 1] = '\0';
}
