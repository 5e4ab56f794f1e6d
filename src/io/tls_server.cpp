#include "io/tls_server.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>

#include "base/check.hpp"

namespace plumb::io {
namespace {

struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> reader_of(const std::string& text) {
    Owned<BIO> bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    PLUMB_CHECK(bio);
    return bio;
}

Error not_pem(const char* expected) {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = code ? ERR_reason_error_string(code) : nullptr;
    std::string text = std::string{"expected "} + expected + (reason ? std::string{": "} + reason : "");
    ERR_clear_error();
    return Error{Errc::parse, std::move(text)};
}

/// A key behind a password is refused instead of asked for at the terminal.
int no_password(char*, int, int, void*) { return -1; }

Status use_certificates(SSL_CTX* context, const std::string& pem) {
    const Owned<BIO> bio = reader_of(pem);
    const Owned<X509> first{PEM_read_bio_X509(bio.get(), nullptr, &no_password, nullptr)};
    if (!first) return fail(not_pem("a PEM certificate"));
    if (SSL_CTX_use_certificate(context, first.get()) != 1) return fail(not_pem("a server's certificate"));
    while (Owned<X509> next{PEM_read_bio_X509(bio.get(), nullptr, &no_password, nullptr)})
        PLUMB_CHECK(SSL_CTX_add1_chain_cert(context, next.get()) == 1);
    ERR_clear_error();  // the end of the text
    return {};
}

/// Of the protocols a client offers we speak one. A client that offers others only is not refused.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned in_size, void*) {
    static constexpr unsigned char kOurs[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, in, in_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

std::string text_of(const Owned<BIO>& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

void add_extension(X509* certificate, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Owned<X509_EXTENSION> extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
    PLUMB_CHECK(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// 63 random bits, never zero (RFC 5280, 4.1.2.2).
void give_serial(X509* certificate) {
    std::uint64_t serial = 0;
    PLUMB_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
    PLUMB_CHECK(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), (serial >> 1) | 1U) == 1);
}

}  // namespace

struct TlsServerContext::Impl {
    Owned<SSL_CTX> context;
};

TlsServerContext::TlsServerContext(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
TlsServerContext::TlsServerContext(TlsServerContext&&) noexcept = default;
TlsServerContext& TlsServerContext::operator=(TlsServerContext&&) noexcept = default;
TlsServerContext::~TlsServerContext() = default;
ssl_ctx_st* TlsServerContext::native() const { return impl_->context.get(); }

Result<TlsServerContext> TlsServerContext::make(const CertificateAndKey& pem) {
    ERR_clear_error();
    auto impl = std::make_unique<Impl>();
    impl->context.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = impl->context.get();
    PLUMB_CHECK(context != nullptr);
    PLUMB_CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
    if (Status used = use_certificates(context, pem.certificate); !used) return fail(used.error());
    const Owned<BIO> bio = reader_of(pem.key);
    const Owned<EVP_PKEY> key{PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr)};
    if (!key) return fail(not_pem("a PEM private key without a password"));
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
        return fail(not_pem("the private key of the certificate"));
    return TlsServerContext{std::move(impl)};
}

CertificateAndKey generate_certificate(Timestamp now) {
    const Owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
    const Owned<X509> certificate{X509_new()};
    PLUMB_CHECK(key && certificate);
    X509* x509 = certificate.get();
    PLUMB_CHECK(X509_set_version(x509, X509_VERSION_3) == 1);
    give_serial(x509);
    const auto day = std::chrono::days{1};
    const auto seconds = [](Timestamp at) {
        return static_cast<time_t>(
            std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count());
    };
    ASN1_TIME_set(X509_getm_notBefore(x509), seconds(now - day));
    ASN1_TIME_set(X509_getm_notAfter(x509), seconds(now - day + kSelfSignedDays * day));
    X509_NAME* name = X509_get_subject_name(x509);
    constexpr unsigned char kName[] = "plumbline local server";
    PLUMB_CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kName, -1, -1, 0) == 1);
    PLUMB_CHECK(X509_set_issuer_name(x509, name) == 1);
    PLUMB_CHECK(X509_set_pubkey(x509, key.get()) == 1);
    // An authority too, so that every client takes it as a root.
    add_extension(x509, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(x509, NID_key_usage, "critical,digitalSignature,keyCertSign");
    add_extension(x509, NID_ext_key_usage, "serverAuth");
    add_extension(x509, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    add_extension(x509, NID_subject_key_identifier, "hash");
    PLUMB_CHECK(X509_sign(x509, key.get(), EVP_sha256()) > 0);

    const Owned<BIO> certificate_text{BIO_new(BIO_s_mem())};
    const Owned<BIO> key_text{BIO_new(BIO_s_mem())};
    PLUMB_CHECK(PEM_write_bio_X509(certificate_text.get(), x509) == 1);
    PLUMB_CHECK(
        PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return {.certificate = text_of(certificate_text), .key = text_of(key_text)};
}

}  // namespace plumb::io
