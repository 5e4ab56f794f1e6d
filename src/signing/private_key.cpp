#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/check.hpp"
#include "signing/signing.hpp"

namespace plumb::signing {
namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

constexpr std::size_t kSeedBytes = 32;  // of Ed25519
constexpr int kCoordinateBytes = 32;    // of P-256
constexpr std::size_t kKeyTextMax = 16'384;

/// No password is ever asked for on a terminal.
int no_password(char*, int, int, void*) { return -1; }

/// "\n" spelt out as in .env files and JSON becomes a line's end.
Secret with_line_ends(std::string_view text) {
    std::string lines;
    lines.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool spelt = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n';
        lines += spelt ? '\n' : text[i];
        i += spelt ? 1 : 0;
    }
    Secret secret{lines};
    Secret::wipe(lines.data(), lines.size());
    return secret;
}

Result<KeyPtr> read_pem(std::string_view text) {
    if (text.find("ENCRYPTED") != std::string_view::npos)
        return fail(Errc::unsupported,
                    "the private key has a password: store it without one, in a file of mode 600");
    const BioPtr bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    KeyPtr key{PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr)};
    ERR_clear_error();
    if (!key) return fail(Errc::parse, "expected a private key in PEM, and this is damaged or another thing");
    return key;
}

Result<KeyPtr> read_seed(std::string_view text) {
    Result<std::string> bytes = from_base64(text);
    if (!bytes || (bytes->size() != kSeedBytes && bytes->size() != 2 * kSeedBytes))
        return fail(Errc::parse, "expected a private key: PEM text, or base64 of an Ed25519 key");
    KeyPtr key{EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(bytes->data()), kSeedBytes)};
    Secret::wipe(bytes->data(), bytes->size());
    ERR_clear_error();
    if (!key) return fail(Errc::parse, "expected an Ed25519 key of 32 bytes");
    return key;
}

Result<PrivateKey::Kind> kind_of(const EVP_PKEY& key) {
    switch (EVP_PKEY_base_id(&key)) {
        case EVP_PKEY_ED25519: return PrivateKey::Kind::ed25519;
        case EVP_PKEY_RSA: return PrivateKey::Kind::rsa;
        case EVP_PKEY_EC: break;
        default: return fail(Errc::unsupported, "expected an Ed25519, P-256 or RSA key, found another kind");
    }
    char group[64] = {};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(&key, group, sizeof group, &size) != 1 ||
        std::string_view{group, size} != "prime256v1")
        return fail(Errc::unsupported, "expected an EC key on the curve P-256, found another curve");
    return PrivateKey::Kind::p256;
}

/// DER as OpenSSL gives it, into r and s of fixed width as tokens want them.
std::string raw_from_der(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const SignaturePtr signature{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
    PLUMB_CHECK(signature != nullptr);
    std::string raw(2 * kCoordinateBytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    PLUMB_CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kCoordinateBytes) == kCoordinateBytes);
    PLUMB_CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinateBytes, kCoordinateBytes) ==
                kCoordinateBytes);
    return raw;
}

std::string der_from_raw(std::string_view raw) {
    const auto* in = reinterpret_cast<const unsigned char*>(raw.data());
    const SignaturePtr signature{ECDSA_SIG_new()};
    BIGNUM* r = BN_bin2bn(in, kCoordinateBytes, nullptr);
    BIGNUM* s = BN_bin2bn(in + kCoordinateBytes, kCoordinateBytes, nullptr);
    PLUMB_CHECK(signature && r != nullptr && s != nullptr && ECDSA_SIG_set0(signature.get(), r, s) == 1);
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    PLUMB_CHECK(size > 0);
    std::string text{reinterpret_cast<char*>(der), static_cast<std::size_t>(size)};
    OPENSSL_free(der);
    return text;
}

const EVP_MD* digest_of(PrivateKey::Kind kind) {
    return kind == PrivateKey::Kind::ed25519 ? nullptr : EVP_sha256();
}

}  // namespace

struct PrivateKey::Handle {
    KeyPtr key;
};

PrivateKey::PrivateKey(std::unique_ptr<Handle> handle, Kind kind) : handle_{std::move(handle)}, kind_{kind} {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::parse(const Secret& text) {
    if (kKeyTextMax < text.reveal().size())
        return fail(Errc::parse, "expected a private key of at most 16 KiB");
    const Secret lines = with_line_ends(text.reveal());
    const bool is_pem = lines.reveal().find("-----BEGIN") != std::string_view::npos;
    Result<KeyPtr> key = is_pem ? read_pem(lines.reveal()) : read_seed(lines.reveal());
    if (!key) return fail(key.error());
    const Result<Kind> kind = kind_of(**key);
    if (!kind) return fail(kind.error());
    return PrivateKey{std::make_unique<Handle>(std::move(*key)), *kind};
}

std::string PrivateKey::sign(std::string_view text) const {
    const ContextPtr context{EVP_MD_CTX_new()};
    PLUMB_CHECK(EVP_DigestSignInit(context.get(), nullptr, digest_of(kind_), nullptr, handle_->key.get()) ==
                1);
    const auto bytes = bytes_of(text);
    std::size_t size = 0;
    PLUMB_CHECK(EVP_DigestSign(context.get(), nullptr, &size, bytes.data(), bytes.size()) == 1);
    std::string out(size, '\0');
    PLUMB_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                               bytes.data(), bytes.size()) == 1);
    out.resize(size);
    return kind_ == Kind::p256 ? raw_from_der(out) : out;
}

bool PrivateKey::verify(std::string_view text, std::string_view signature) const {
    if (kind_ == Kind::p256 && signature.size() != 2 * kCoordinateBytes) return false;
    const std::string checked = kind_ == Kind::p256 ? der_from_raw(signature) : std::string{signature};
    const ContextPtr context{EVP_MD_CTX_new()};
    PLUMB_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, digest_of(kind_), nullptr, handle_->key.get()) ==
                1);
    const auto bytes = bytes_of(text), proof = bytes_of(checked);
    const bool good =
        EVP_DigestVerify(context.get(), proof.data(), proof.size(), bytes.data(), bytes.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace plumb::signing
