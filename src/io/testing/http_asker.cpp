#include "io/testing/http_asker.hpp"

#include <optional>

#include "base/check.hpp"
#include "io/testing/test_certificates.hpp"

namespace plumb::io::testing {

const TlsContext& test_tls() {
    static const TlsContext tls = *TlsContext::make({test_ca_file()});
    return tls;
}

HttpAsker::HttpAsker(HttpOptions options, ReactorOptions reactor_options)
    : reactor{std::move(reactor_options)}, client{reactor, tls, options} {}

HttpOutcome HttpAsker::ask(const Endpoint& endpoint, HttpRequest request, HttpDeadlines deadlines) {
    std::optional<HttpOutcome> outcome;
    client.send(endpoint, std::move(request), deadlines,
                [&](HttpOutcome given) { outcome = std::move(given); });
    PLUMB_CHECK(reactor.run_until([&] { return outcome.has_value(); }, std::chrono::seconds{10}));
    return std::move(*outcome);
}

}  // namespace plumb::io::testing
