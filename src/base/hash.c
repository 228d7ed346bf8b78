/*
 * The functions beneath EVP.  OpenSSL 3 calls them deprecated in favour of
 * providers that are looked up; but these need neither memory nor a start
 * of the library, which without memory ends in a crash, and costs more than
 * a small run hashes.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "base/hash.h"

void
hash_sha256(struct span s, unsigned char out[HASH_LEN])
{
	SHA256_CTX c;

	SHA256_Init(&c);
	SHA256_Update(&c, s.p, s.n);
	SHA256_Final(out, &c);
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
