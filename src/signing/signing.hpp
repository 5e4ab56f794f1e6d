#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace plumb::signing {

using Bytes = std::span<const unsigned char>;

std::array<unsigned char, 32> sha256(std::string_view text);
/// FIPS 198-1 over any key length, an empty key too.
std::array<unsigned char, 32> hmac_sha256(std::string_view key, std::string_view text);
std::array<unsigned char, 64> hmac_sha512(std::string_view key, std::string_view text);

/// Lower-case.
std::string hex(Bytes bytes);
/// RFC 4648 with padding.
std::string base64(Bytes bytes);
/// RFC 4648 section 5, without padding, as JSON Web Tokens want it.
std::string base64url(Bytes bytes);
/// Padding may be missing, blanks at the ends are ignored. Errc::parse otherwise. The caller wipes what was
/// secret.
Result<std::string> from_base64(std::string_view text);

inline Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

/// RFC 3986: everything but letters, digits and -._~ as %XX.
std::string percent_encoded(std::string_view text);

/// A key that signs. Moves only; OpenSSL wipes it.
class PrivateKey {
 public:
    enum class Kind : unsigned char { ed25519, p256, rsa };

    /// PEM (PKCS 8, SEC 1 or PKCS 1; the two characters \n count as a line's end, as they stand in .env
    /// files), or base64 of an Ed25519 seed of 32 bytes with or without the public key behind it. Errc::parse
    /// says what was expected and shows nothing of the key; Errc::unsupported for other kinds and for keys
    /// with a password.
    static Result<PrivateKey> parse(const Secret& text);

    PrivateKey(PrivateKey&&) noexcept;
    PrivateKey& operator=(PrivateKey&&) noexcept;
    ~PrivateKey();

    Kind kind() const { return kind_; }
    /// Ed25519: 64 bytes, always the same for the same text (RFC 8032). P-256: ES256 of RFC 7518, r and s of
    /// 32 bytes each, another one each time. RSA: PKCS 1 v1.5 over SHA-256.
    std::string sign(std::string_view text) const;
    /// Whether `signature` is one of this key's over `text`, in the form that sign() gives.
    bool verify(std::string_view text, std::string_view signature) const;

 private:
    struct Handle;
    PrivateKey(std::unique_ptr<Handle> handle, Kind kind);

    std::unique_ptr<Handle> handle_;
    Kind kind_ = Kind::ed25519;
};

}  // namespace plumb::signing
