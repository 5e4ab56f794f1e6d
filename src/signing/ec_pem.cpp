#include "signing/ec_pem.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <array>
#include <memory>

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
using GroupPtr = std::unique_ptr<EC_GROUP, Freed<EC_GROUP_free>>;
using PointPtr = std::unique_ptr<EC_POINT, Freed<EC_POINT_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;

constexpr std::size_t kNumberBytes = 32;
constexpr std::size_t kPointBytes = 65;  // uncompressed

}  // namespace

Result<std::string> p256_pem(std::string_view number) {
    if (number.size() != kNumberBytes) return fail(Errc::invalid_argument, "expected a number of 32 bytes");
    const GroupPtr group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    const NumberPtr secret{BN_bin2bn(reinterpret_cast<const unsigned char*>(number.data()),
                                     static_cast<int>(number.size()), nullptr)};
    if (!group || !secret || BN_is_zero(secret.get()) ||
        0 <= BN_cmp(secret.get(), EC_GROUP_get0_order(group.get()))) {
        return fail(Errc::invalid_argument, "expected a number between zero and the order of the curve");
    }
    const PointPtr point{EC_POINT_new(group.get())};
    std::array<unsigned char, kPointBytes> octets{};
    if (!point || EC_POINT_mul(group.get(), point.get(), secret.get(), nullptr, nullptr, nullptr) != 1 ||
        EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(),
                           octets.size(), nullptr) != octets.size()) {
        return fail(Errc::invalid_argument, "expected a number that has a point on the curve");
    }
    // RFC 5915: SEQUENCE { version 1, OCTET STRING, [0] prime256v1, [1] BIT STRING }.
    std::string der{"\x30\x77\x02\x01\x01\x04\x20", 7};
    der += number;
    der.append("\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\xa1\x44\x03\x42\x00", 17);
    der.append(reinterpret_cast<const char*>(octets.data()), octets.size());
    const std::string text = base64(bytes_of(der));
    std::string pem = "-----BEGIN EC PRIVATE KEY-----\n";
    for (std::size_t i = 0; i < text.size(); i += 64) pem += text.substr(i, 64) + '\n';
    return pem + "-----END EC PRIVATE KEY-----\n";
}

}  // namespace plumb::signing
