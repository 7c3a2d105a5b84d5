/* SPDX-License-Identifier: MIT */
/* The normal and Student's t distribution, used by all intervals and tests in this room. */
#include <float.h>
#include <math.h>

#include "results/statistics/statistics.h"

double statistics_normal_cdf(double x) {
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/* A polynomial with the highest power last. */
static double polynomial(const double *coefficients, int count, double x) {
    double sum = 0;
    while (count-- > 0)
        sum = sum * x + coefficients[count];
    return sum;
}

/* Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution", PPND16. */
double statistics_normal_quantile(double p) {
    static const double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                               1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                               3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[] = {1.0,
                               4.2313330701600911252e+1,
                               6.8718700749205790830e+2,
                               5.3941960214247511077e+3,
                               2.1213794301586595867e+4,
                               3.9307895800092710610e+4,
                               2.8729085735721942674e+4,
                               5.2264952788528545610e+3};
    static const double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                               3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                               2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[] = {1.0,
                               2.05319162663775882187e0,
                               1.67638483018380384940e0,
                               6.89767334985100004550e-1,
                               1.48103976427480074590e-1,
                               1.51986665636164571966e-2,
                               5.47593808499534494600e-4,
                               1.05075007164441684324e-9};
    static const double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                               2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[] = {1.0,
                               5.99832206555887937690e-1,
                               1.36929880922735805310e-1,
                               1.48753612908506148525e-2,
                               7.86869131145613259100e-4,
                               1.84631831751005468180e-5,
                               1.42151175831644588870e-7,
                               2.04426310338993978564e-15};
    if (!(p >= 0 && p <= 1))
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? -INFINITY : INFINITY;
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(a, 8, r) / polynomial(b, 8, r);
    }
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double x = r <= 5 ? polynomial(c, 8, r - 1.6) / polynomial(d, 8, r - 1.6)
                      : polynomial(e, 8, r - 5) / polynomial(f, 8, r - 5);
    return q < 0 ? -x : x;
}

/* The continued fraction of the incomplete beta function (Lentz's method; DLMF 8.17.22). */
static double beta_fraction(double a, double b, double x) {
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m < 10000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        for (int i = 0; i < 2; i++) {
            double step = i == 0 ? even : odd;
            d = 1 + step * d;
            c = 1 + step / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            h *= d * c;
        }
        if (fabs(d * c - 1) < 4 * DBL_EPSILON)
            break;
    }
    return h;
}

/* The regularised incomplete beta function I_x(a, b); `y` is 1 - x, passed separately to keep its precision. */
static double incomplete_beta(double a, double b, double x, double y) {
    if (x <= 0 || y <= 0)
        return x <= 0 ? 0 : 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, y) / b;
}

/* P(T <= t): half of I_x(v/2, 1/2) with x = v / (v + t^2) lies beyond |t|. */
double statistics_t_cdf(double t, double degrees) {
    if (isnan(t) || !(degrees > 0))
        return NAN;
    if (isinf(t))
        return t > 0;
    double square = t * t;
    double tail = 0.5 * incomplete_beta(degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square));
    return t > 0 ? 1 - tail : tail;
}

/* By bisection of the tail on a bracket that doubles: robust, and fast enough for tables. */
double statistics_t_quantile(double p, double degrees) {
    if (!(p >= 0 && p <= 1) || !(degrees > 0))
        return NAN;
    if (p == 0 || p == 1 || p == 0.5)
        return p == 0 ? -INFINITY : p == 1 ? INFINITY : 0;
    double tail = p < 0.5 ? p : 1 - p, low = 0, high = 1;
    while (statistics_t_cdf(-high, degrees) > tail && high < DBL_MAX / 2)
        low = high, high *= 2;
    for (int i = 0; i < 200 && high - low > DBL_EPSILON * low; i++) {
        double middle = low + (high - low) / 2;
        if (statistics_t_cdf(-middle, degrees) > tail)
            low = middle;
        else
            high = middle;
    }
    double t = low + (high - low) / 2;
    return p < 0.5 ? -t : t;
}
