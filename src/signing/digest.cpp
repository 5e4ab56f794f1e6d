#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.hpp"
#include "signing/signing.hpp"

namespace plumb::signing {
namespace {

template <std::size_t Size>
std::array<unsigned char, Size> hmac(const EVP_MD* digest, std::string_view key, std::string_view text) {
    std::array<unsigned char, Size> out{};
    unsigned size = 0;
    // A null key would mean "the key of before" to OpenSSL.
    const char* start = key.empty() ? "" : key.data();
    const auto bytes = bytes_of(text);
    PLUMB_CHECK(HMAC(digest, start, static_cast<int>(key.size()), bytes.data(), bytes.size(), out.data(),
                     &size) != nullptr);
    PLUMB_CHECK(size == Size);
    return out;
}

}  // namespace

std::array<unsigned char, 32> sha256(std::string_view text) {
    std::array<unsigned char, 32> out{};
    unsigned size = 0;
    PLUMB_CHECK(EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr) == 1 &&
                size == 32);
    return out;
}

std::array<unsigned char, 32> hmac_sha256(std::string_view key, std::string_view text) {
    return hmac<32>(EVP_sha256(), key, text);
}

std::array<unsigned char, 64> hmac_sha512(std::string_view key, std::string_view text) {
    return hmac<64>(EVP_sha512(), key, text);
}

}  // namespace plumb::signing
