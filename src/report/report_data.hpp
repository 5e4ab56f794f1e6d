#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace plumb::report {

/// A figure with its name, ready to be read: {"Net profit", "$-12.30"}.
struct Fact {
    std::string name;
    std::string value;
    enum class Tone : unsigned char { plain, good, bad } tone = Tone::plain;
};

/// Pairs that fell at one question of the search, and how many went on.
struct FunnelRow {
    std::string question;
    std::size_t fell = 0;
    std::size_t left = 0;
};

/// One pair of the search with its evidence.
struct FindingRow {
    std::string pair;  // "KO-PEP"
    double hedge_ratio = 0;
    double p = 1;
    std::optional<double> q;
    std::optional<double> half_life;  // bars
    std::optional<double> gain;       // entry to exit over the cost of a round trip
    std::optional<double> holdout_p;
    bool survives = false;
    std::string verdict;  // "survives", or the sentence of the refusal
};

/// p-values of every ordered test, row-major: p[y * n + x] is the test of y on x. NaN where none was made.
struct PValueMatrix {
    std::vector<std::string> names;
    std::vector<double> p;
    std::vector<std::pair<std::size_t, std::size_t>> survivors;  // y, x
    double threshold = 0.1;
};

struct Search {
    std::vector<Fact> facts;
    std::vector<FunnelRow> funnel;
    std::vector<FindingRow> rows;
    std::optional<PValueMatrix> matrix;
};

/// A spread with the mean and deviation the strategy used at that moment; quote currency.
struct SpreadPoint {
    Timestamp at;
    double spread = 0;
    double mean = 0;
    double deviation = 0;
};

/// A moment at which a pair was entered or left.
struct Marker {
    enum class Kind : unsigned char { bought, sold, left, stopped };
    Timestamp at;
    Kind kind = Kind::left;
    double z = 0;
    double spread = 0;
    std::string prices;  // "KO/USD 45.12, PEP/USD 101.30"
};

struct PairPicture {
    std::string name;
    std::string formula;  // "PEP/USD - 1.41 KO/USD"
    double z_entry = 2;
    double z_exit = 0.5;
    std::optional<double> z_stop;
    std::vector<SpreadPoint> points;  // ascending times
    std::vector<Marker> markers;
};

struct RoundTrip {
    std::string pair;
    std::string side;  // "long", "short"
    Timestamp entered;
    Timestamp left;
    double profit = 0;  // fees included, quote currency
    double fees = 0;
    std::string reason;
};

struct EquitySample {
    Timestamp at;
    double equity = 0;
};

/// One session of trading.
struct Session {
    std::vector<Fact> facts;
    std::vector<EquitySample> equity;  // ascending times
    std::vector<PairPicture> pairs;
    std::vector<RoundTrip> round_trips;
};

/// A chapter: what was done in words, then what a search or a session gave.
struct Section {
    std::string title;
    std::vector<std::string> prose;  // paragraphs
    std::vector<Fact> facts;
    std::optional<Search> search;
    std::optional<Session> session;
};

/// Everything a report shows. Plain values: whoever runs something fills them in.
struct ReportData {
    std::string title;
    std::string subtitle;
    std::vector<Section> sections;
    std::vector<std::string> next;  // commands to type next
};

}  // namespace plumb::report
