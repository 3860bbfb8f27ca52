/* A small door to the system's libcrypto: digests, HKDF, AES-256-GCM, random bytes.
   Every function returns 1 on success. */
#ifndef COPENSSL_H
#define COPENSSL_H

/* Of what OpenSSL 3 deprecates, only the plain SHA-256 functions are used. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stddef.h>
#include <stdint.h>

/* A SHA-256 that is fetched once and a context that is used again: a hash costs a third. */
typedef struct {
  EVP_MD_CTX *context;
  EVP_MD *digest;
} gateway_sha256;

static inline int gateway_sha256_make(gateway_sha256 *hasher) {
  hasher->digest = EVP_MD_fetch(NULL, "SHA256", NULL);
  hasher->context = EVP_MD_CTX_new();
  return hasher->digest != NULL && hasher->context != NULL;
}

static inline void gateway_sha256_free(gateway_sha256 *hasher) {
  EVP_MD_CTX_free(hasher->context);
  EVP_MD_free(hasher->digest);
}

static inline int gateway_sha256_hash(const gateway_sha256 *hasher, const void *bytes,
                                      size_t count, uint8_t out[32]) {
  unsigned int length = 32;
  return EVP_DigestInit_ex2(hasher->context, hasher->digest, NULL) == 1 &&
         EVP_DigestUpdate(hasher->context, bytes, count) == 1 &&
         EVP_DigestFinal_ex(hasher->context, out, &length) == 1;
}

/* HMAC-SHA256 (RFC 2104) with one key, used again and again: the digest of each pad is made once
   and copied. Each line of the audit log is signed, and EVP_MAC costs a quarter more. */
typedef struct {
  SHA256_CTX inner;
  SHA256_CTX outer;
} gateway_hmac;

static inline int gateway_hmac_make(gateway_hmac *hmac, const uint8_t key[32]) {
  uint8_t inner[SHA256_CBLOCK], outer[SHA256_CBLOCK];
  for (size_t i = 0; i < SHA256_CBLOCK; i++) {
    uint8_t byte = i < 32 ? key[i] : 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  int done = SHA256_Init(&hmac->inner) == 1 &&
             SHA256_Update(&hmac->inner, inner, sizeof inner) == 1 &&
             SHA256_Init(&hmac->outer) == 1 && SHA256_Update(&hmac->outer, outer, sizeof outer) == 1;
  OPENSSL_cleanse(inner, sizeof inner);
  OPENSSL_cleanse(outer, sizeof outer);
  return done;
}

static inline void gateway_hmac_free(gateway_hmac *hmac) { OPENSSL_cleanse(hmac, sizeof *hmac); }

/* Of two texts, one behind the other. */
static inline int gateway_hmac_sign(const gateway_hmac *hmac, const void *first,
                                    size_t first_count, const void *second, size_t second_count,
                                    uint8_t out[32]) {
  SHA256_CTX context = hmac->inner;
  if (SHA256_Update(&context, first, first_count) != 1 ||
      SHA256_Update(&context, second, second_count) != 1 || SHA256_Final(out, &context) != 1)
    return 0;
  context = hmac->outer;
  return SHA256_Update(&context, out, 32) == 1 && SHA256_Final(out, &context) == 1;
}

/* RFC 5869 with an empty salt. */
static inline int gateway_hkdf_sha256(const void *secret, size_t secret_count, const void *info,
                                      size_t info_count, uint8_t *out, size_t count) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
  if (context == NULL) return 0;
  int done = EVP_PKEY_derive_init(context) == 1 &&
             EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1 &&
             EVP_PKEY_CTX_set1_hkdf_key(context, secret, (int)secret_count) == 1 &&
             EVP_PKEY_CTX_add1_hkdf_info(context, info, (int)info_count) == 1 &&
             EVP_PKEY_derive(context, out, &count) == 1;
  EVP_PKEY_CTX_free(context);
  return done;
}

/* The 16 bytes of tag follow the text. */
static inline int gateway_aes256gcm_seal(const uint8_t key[32], const uint8_t nonce[12],
                                         const uint8_t *plain, size_t count, uint8_t *sealed) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (context == NULL) return 0;
  int length = 0;
  int done = EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
             EVP_EncryptUpdate(context, sealed, &length, plain, (int)count) == 1 &&
             EVP_EncryptFinal_ex(context, sealed + length, &length) == 1 &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, sealed + count) == 1;
  EVP_CIPHER_CTX_free(context);
  return done;
}

/* 0 when anything of it was changed. */
static inline int gateway_aes256gcm_open(const uint8_t key[32], const uint8_t nonce[12],
                                         const uint8_t *sealed, size_t count, uint8_t *plain) {
  if (count < 16) return 0;
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (context == NULL) return 0;
  int length = 0;
  int done = EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
             EVP_DecryptUpdate(context, plain, &length, sealed, (int)(count - 16)) == 1 &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16,
                                 (void *)(sealed + count - 16)) == 1 &&
             EVP_DecryptFinal_ex(context, plain + length, &length) == 1;
  EVP_CIPHER_CTX_free(context);
  return done;
}

#endif
