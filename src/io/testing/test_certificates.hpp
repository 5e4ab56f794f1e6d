#pragma once

#include <filesystem>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace plumb::io::testing {

/// What a server's certificate says, right or wrong. As it stands: a good one for this machine.
struct CertificateOptions {
    enum class Issuer : unsigned char { test_ca, unknown_ca, itself, a_server };

    std::vector<std::string> dns_names = {"localhost"};
    std::vector<std::string> addresses = {"127.0.0.1"};
    Issuer issuer = Issuer::test_ca;
    int valid_from_days = -1;  // from today
    int valid_to_days = 30;
    bool is_for_servers = true;  // false: for clients
    bool has_weak_key = false;   // RSA of 1024 bits
};

/// A key and its certificate; handles of OpenSSL.
struct Certificate {
    Certificate() = default;
    Certificate(Certificate&& other) noexcept;
    Certificate& operator=(Certificate&& other) noexcept;
    ~Certificate();

    evp_pkey_st* key = nullptr;
    x509_st* certificate = nullptr;
    x509_st* chain = nullptr;  // sent with it; null: none
};

/// Made anew at each call, signed as the options say. Nothing of it is kept on disk.
Certificate make_certificate(const CertificateOptions& options);

/// The certificate of the test CA as a PEM file, for TlsOptions::extra_ca_file. Its key lives in this process
/// only; the file goes when the process ends.
std::filesystem::path test_ca_file();

}  // namespace plumb::io::testing
