#include "io/testing/test_certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "base/check.hpp"

namespace plumb::io::testing {
namespace {

struct Authority {
    Certificate root;
    explicit Authority(const char* name);
};

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    PLUMB_CHECK(extension != nullptr);
    PLUMB_CHECK(X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

X509* begin_certificate(EVP_PKEY* key, const char* name, int from_days, int to_days) {
    static long serial = 1;
    X509* certificate = X509_new();
    PLUMB_CHECK(certificate != nullptr);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    constexpr long kDay = 86400;
    X509_gmtime_adj(X509_getm_notBefore(certificate), from_days * kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate), to_days * kDay);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_pubkey(certificate, key);
    return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    PLUMB_CHECK(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
}

Authority::Authority(const char* name) {
    root.key = EVP_EC_gen("P-256");
    root.certificate = begin_certificate(root.key, name, -2, 60);
    add_extension(root.certificate, root.certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(root.certificate, root.certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(root.certificate, root.certificate, NID_subject_key_identifier, "hash");
    sign(root.certificate, root.certificate, root.key);
}

const Authority& test_ca() {
    static const Authority authority{"Plumbline test CA"};
    return authority;
}

const Authority& unknown_ca() {
    static const Authority authority{"A CA that nobody trusts"};
    return authority;
}

std::string alternative_names(const CertificateOptions& options) {
    std::string names;
    for (const std::string& each : options.dns_names) names += (names.empty() ? "DNS:" : ",DNS:") + each;
    for (const std::string& each : options.addresses) names += (names.empty() ? "IP:" : ",IP:") + each;
    return names;
}

}  // namespace

Certificate::Certificate(Certificate&& other) noexcept
    : key{std::exchange(other.key, nullptr)},
      certificate{std::exchange(other.certificate, nullptr)},
      chain{std::exchange(other.chain, nullptr)} {}

Certificate& Certificate::operator=(Certificate&& other) noexcept {
    std::swap(key, other.key);
    std::swap(certificate, other.certificate);
    std::swap(chain, other.chain);
    return *this;
}

Certificate::~Certificate() {
    EVP_PKEY_free(key);
    X509_free(certificate);
    X509_free(chain);
}

Certificate make_certificate(const CertificateOptions& options) {
    Certificate made;
    made.key = options.has_weak_key ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256");
    PLUMB_CHECK(made.key != nullptr);
    const char* name = options.dns_names.empty() ? "no name" : options.dns_names.front().c_str();
    made.certificate = begin_certificate(made.key, name, options.valid_from_days, options.valid_to_days);
    add_extension(made.certificate, made.certificate, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(made.certificate, made.certificate, NID_ext_key_usage,
                  options.is_for_servers ? "serverAuth" : "clientAuth");
    const std::string names = alternative_names(options);
    if (!names.empty()) add_extension(made.certificate, made.certificate, NID_subject_alt_name, names);
    using Issuer = CertificateOptions::Issuer;
    switch (options.issuer) {
        case Issuer::test_ca: sign(made.certificate, test_ca().root.certificate, test_ca().root.key); break;
        case Issuer::unknown_ca:
            sign(made.certificate, unknown_ca().root.certificate, unknown_ca().root.key);
            break;
        case Issuer::itself: sign(made.certificate, made.certificate, made.key); break;
        case Issuer::a_server: {
            // An honest server's certificate, misused to issue another.
            Certificate honest = make_certificate({});
            sign(made.certificate, honest.certificate, honest.key);
            made.chain = std::exchange(honest.certificate, nullptr);
            break;
        }
    }
    return made;
}

std::filesystem::path test_ca_file() {
    struct File {
        std::filesystem::path path =
            std::filesystem::temp_directory_path() / ("plumb-test-ca-" + std::to_string(::getpid()) + ".pem");
        File() {
            std::FILE* file = std::fopen(path.c_str(), "w");
            PLUMB_CHECK(file != nullptr);
            PLUMB_CHECK(PEM_write_X509(file, test_ca().root.certificate) == 1);
            std::fclose(file);
        }
        ~File() {
            std::error_code ignored;
            std::filesystem::remove(path, ignored);
        }
    };
    static const File file;
    return file.path;
}

}  // namespace plumb::io::testing
