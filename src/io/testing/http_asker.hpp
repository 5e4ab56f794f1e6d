#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/http_client.hpp"

namespace plumb::io::testing {

inline HttpRequest get(std::string target = "/", std::vector<Header> headers = {}) {
    return {.method = Method::get, .target = std::move(target), .headers = std::move(headers), .body = {}};
}

inline HttpRequest post(std::string body, Method method = Method::post) {
    return {.method = method, .target = "/orders", .headers = {}, .body = std::move(body)};
}

/// The machine as it is, but every name is this machine.
inline Result<std::vector<std::string>> everything_is_here(const std::string&) {
    return std::vector<std::string>{"127.0.0.1"};
}

/// Trusts test_ca_file() beside the system's roots. One for all tests: reading the system's roots takes 20
/// ms.
const TlsContext& test_tls();

/// An HTTP client with its reactor, pumped by the test until the answer is there.
class HttpAsker {
 public:
    explicit HttpAsker(HttpOptions options = {},
                       ReactorOptions reactor_options = {.lookup = everything_is_here});

    /// Stops the program when nothing comes within ten seconds: done must always be called.
    HttpOutcome ask(const Endpoint& endpoint, HttpRequest request, HttpDeadlines deadlines = {});

    Reactor reactor;
    const TlsContext& tls = test_tls();
    HttpClient client;
};

}  // namespace plumb::io::testing
