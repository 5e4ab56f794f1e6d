#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "exchange/host/host.hpp"
#include "exchange/host/plain_venue.hpp"

// For tests: a host in process, and what comes out of it.

namespace plumb::exchange {

class Lines : public TruthSink {
 public:
    void write(std::string_view line) override {
        text += line;
        text += '\n';
    }
    std::string text;
};

class Sent : public StreamSink {
 public:
    struct Cut {
        StreamId stream;
        std::string bytes;
        std::size_t frame_bytes;
        Ending how;
    };
    void send(StreamId stream, std::string_view bytes, bool) override {
        frames.emplace_back(bytes);
        to.push_back(stream);
    }
    void send_all(std::span<const StreamId> streams, std::string_view bytes, bool is_binary) override {
        for (const StreamId each : streams) send(each, bytes, is_binary);
    }
    void ping(StreamId, std::string_view payload) override { pings.emplace_back(payload); }
    void close(StreamId, std::uint16_t code, std::string_view) override { closes.push_back(code); }
    void cut(StreamId stream, std::string_view bytes, std::size_t frame_bytes, Ending how) override {
        cuts.push_back({stream, std::string{bytes}, frame_bytes, how});
    }
    void stall(StreamId, bool on) override { stalls.push_back(on); }

    std::size_t count(std::string_view text) const {
        return static_cast<std::size_t>(
            std::count_if(frames.begin(), frames.end(),
                          [&](const std::string& each) { return each.find(text) != std::string::npos; }));
    }

    std::vector<std::string> frames;
    std::vector<StreamId> to;
    std::vector<std::string> pings;
    std::vector<std::uint16_t> closes;
    std::vector<Cut> cuts;
    std::vector<bool> stalls;
};

/// The plain venue with a fault script; time moves by wait().
struct TestHost : SimulatedClock {
    explicit TestHost(std::string_view script = "{}", std::uint64_t seed = 1) : entry{plain_venue()} {
        Result<FaultScript> faults = parse_fault_script(script, "faults.yaml");
        REQUIRE_MESSAGE(faults.has_value(), faults.error().message());
        HostOptions options;
        options.seed = seed;
        options.start = now;
        options.control_token = "open-sesame";
        options.faults = std::move(*faults);
        Result<std::unique_ptr<Host>> made =
            Host::make(entry, world, std::move(options), {.streams = sent, .truth = truth, .clock = this});
        REQUIRE(made.has_value());
        host = std::move(*made);
    }

    void advance(Duration by) override { wait(by); }
    void wait(Duration by) {
        now += by;
        host->advance(now);
    }
    HostAnswer ask(std::string method, std::string target, std::string body = {},
                   std::vector<io::Header> headers = {}) {
        headers.push_back({"X-Key", host->access().front().key});
        return host->answer(1, {std::move(method), std::move(target), std::move(headers), std::move(body)},
                            now);
    }
    HostAnswer buy(std::string_view client_id, std::string_view quantity = "1",
                   std::string_view limit = "100") {
        return ask("POST", "/order",
                   fmt::format("client_id={}&side=buy&quantity={}&limit={}&signature=abc", client_id,
                               quantity, limit));
    }
    HostAnswer control(std::string method, std::string path, std::string body = {},
                       std::string token = "open-sesame") {
        return host->answer(9,
                            {std::move(method),
                             "/plumb-control" + std::move(path),
                             {{"Authorization", "Bearer " + std::move(token)}},
                             std::move(body)},
                            now);
    }
    StreamId open_stream() {
        const StreamId stream = ++streams;
        REQUIRE(host->open(100 + stream, stream, {"GET", "/ws", {}, {}}, now).has_value());
        return stream;
    }
    std::size_t open_orders() { return host->model().open_orders(AccountId{1}, std::nullopt, now).size(); }
    bool tells(std::string_view what) const { return lines.text.find(what) != std::string::npos; }

    Timestamp now = timestamp_from_ms(1'704'207'600'000);
    VenueEntry entry;
    StillWorld world;
    Lines lines;
    TruthLog truth{lines};
    Sent sent;
    std::unique_ptr<Host> host;
    StreamId streams = 0;
};

inline std::string header_of(const Response& response, std::string_view name) {
    const std::string* found = response.find(name);
    return found == nullptr ? "" : *found;
}

}  // namespace plumb::exchange
