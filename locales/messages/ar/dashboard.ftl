### The pages supervisors see.
### To be reviewed by a Moroccan social worker before use.

## Every page
app-name = جسر
skip = انتقل إلى المحتوى
language = اللغة
sign-out = تسجيل الخروج
sign-in = تسجيل الدخول
sign-in-title = الدخول إلى النشاط اليومي
sign-in-name = الحساب
sign-in-password = كلمة المرور
sign-in-refused = الحساب أو كلمة المرور غير صحيح. لم يتغير أي شيء. أعد المحاولة أو اتصل بالشخص المكلف بالخادم.
sign-in-wait = محاولات كثيرة. انتظر بضع دقائق ثم أعد المحاولة.
signed-in-as = متصل باسم { $name }
nav = الصفحات
nav-activity = النشاط اليومي

## The day
day-title = النشاط اليومي
day-previous = اليوم السابق
day-next = اليوم الموالي
day-pick = اليوم
day-show = عرض
territory = المجال الترابي
territory-region = الجهة بأكملها
filter-unit = الوحدة
filter-province = الإقليم
filter-remove = عرض الكل

## Completeness
completeness = الاكتمال
as-of = الوضعية إلى غاية { $time }
as-of-dated = الوضعية إلى غاية { $date } على الساعة { $time }
at-time = على الساعة { $time }
at-date-time = يوم { $date } على الساعة { $time }
since-time = منذ الساعة { $time }
since-date-time = منذ { $date } على الساعة { $time }
units-in =
    { $reported ->
         [zero] لم ترسل أي وحدة كل شيء، من أصل { $expected } منتظرة.
         [one] أرسلت وحدة واحدة كل شيء، من أصل { $expected } منتظرة.
         [two] أرسلت وحدتان كل شيء، من أصل { $expected } منتظرة.
         [few] أرسلت { $reported } وحدات كل شيء، من أصل { $expected } منتظرة.
         [many] أرسلت { $reported } وحدة كل شيء، من أصل { $expected } منتظرة.
        *[other] أرسلت { $reported } وحدة كل شيء، من أصل { $expected } منتظرة.
    }
day-complete = اليوم مكتمل.
day-incomplete = اليوم غير مكتمل: قد ترتفع الأرقام.
day-nothing-expected = لم تبرمج ولم تبدأ أي جولة.
waiting-none = لا شيء ينتظر في الهواتف.
waiting-unknown = لم يصرح أي هاتف بما ينتظر فيه.
missing-units = الوحدات الناقصة
no-tour-planned = لا جولة مبرمجة
silent-devices = صامتة منذ أسبوعين
clock-suspects = ساعات غير مضبوطة
reason-not_yet_due = الانطلاق { $time }
reason-not_opened = مبرمجة { $time } ولم تبدأ
reason-shift_open = في جولة { $time }
reason-shift_open_unknown = جولة لم تنته
reason-no_contact = دون اتصال { $time }
reason-never = لم يتصل قط
reason-waiting_unknown = هاتف لم يصرح بما ينتظر فيه
reason-no_device_known = لا جهاز معروف

## Figures
figures = اليوم بالأرقام
tile-persons = الأشخاص الملتقى بهم
tile-persons-range = من { $least } إلى { $most }
tile-persons-note = قد يكون بعض المجهولين التُقي بهم مرتين
tile-encounters = اللقاءات
tile-minors = القاصرون
tile-women = النساء
tile-new = أشخاص جدد
tile-referrals = الإحالات
tile-shelter = الإيواء
tile-rough = يبيتون في العراء، جولات الليل
tile-tours = الجولات المنجزة
tile-none-planned = لا شيء مبرمج
tile-of-planned =
    { $n ->
         [zero] دون أي جولة مبرمجة
         [one] من أصل جولة واحدة مبرمجة
         [two] من أصل جولتين مبرمجتين
         [few] من أصل { $n } جولات مبرمجة
         [many] من أصل { $n } جولة مبرمجة
        *[other] من أصل { $n } جولة مبرمجة
    }
by-hour = اللقاءات حسب الساعة
by-hour-desc =
    { $n ->
         [zero] لا لقاءات موزعة حسب الساعة.
         [one] لقاء واحد محدد الساعة، على { $hour }.
         [two] لقاءان موزعان حسب الساعة، أكثرها على الساعة { $hour } ({ $most }).
         [few] { $n } لقاءات موزعة حسب الساعة، أكثرها على الساعة { $hour } ({ $most }).
         [many] { $n } لقاء موزعا حسب الساعة، أكثرها على الساعة { $hour } ({ $most }).
        *[other] { $n } لقاء موزعا حسب الساعة، أكثرها على الساعة { $hour } ({ $most }).
    }
by-hour-none = لا لقاءات موزعة حسب الساعة.
by-hour-unplaced = دون ساعة مؤكدة: { $n }
as-table = نفس الأرقام في جدول
hour = الساعة

## Units
units = الوحدات
col-unit = الوحدة
col-state = الحالة
col-last-contact = آخر اتصال
col-waiting = في الانتظار
col-encounters = اللقاءات
col-persons = أشخاص معروفون
col-minors = القاصرون
col-referrals = الإحالات
col-total = المجال كله
state-in = مكتملة
state-fresh = في جولة، اتصال حديث
state-late = في جولة، متأخرة
state-waiting = تسجيلات تنتظر في هواتفها
state-unopened = جولة مبرمجة لم تبدأ
state-incomplete = لم ترسل كل شيء
state-silent = صامتة
state-ahead = جولة لم يحن وقتها
state-off = خارج الخدمة
not-known = غير معروف
distinct-note = يحتسب كل شخص مرة واحدة: مجموع الوحدات قد يفوق المجموع العام.

## Needs and gifts
needs = الحاجيات المعبر عنها
given = الخدمات المقدمة
nothing-recorded = لا شيء مسجل.

## Records
latest = آخر التسجيلات
col-time = الوقت
col-kind = النوع
col-outcome = النتيجة
record-open = فتح التسجيل
disagreements = حقول سجلها شخصان بشكل مختلف
disagreements-none = لا شيء ينتظر قرارا.
disagreements-note = كل القيم محفوظة. تعرض الأولى إلى حين اتخاذ قرار.
col-record = التسجيل
col-field = الحقل
col-values = القيم
by-whom = { $who }، { $time }
somebody = شخص ما
review = للمراجعة
review-possible_duplicate_person = لقاءان قد يكونان لقاء واحدا: نفس الشخص في أقل من ربع ساعة
review-possible_duplicate_place = لقاءان قد يكونان لقاء واحدا: نفس المكان في أقل من ربع ساعة
review-shift_too_long = جولة تفوق 18 ساعة
review-shift_not_closed = جولة لم تغلق قبل زوال اليوم الموالي
review-shift_ends_before_start = جولة تنتهي قبل أن تبدأ
review-kilometres_implausible = قراءات عداد غير معقولة
review-staff_on_two_vehicles = نفس الشخص على متن عربتين في آن واحد
review-accompaniment_contradictory = تصريحان مختلفان حول مرافقة طفل
review-referral_contradictory = إحالة بنتيجتين نهائيتين
review-follow_up_contradictory = تتبع منجز وملغى في آن واحد
review-other = أمر يستحق المراجعة

## A record
record-title = تسجيل
record-fields = المحتوى
record-history = السجل الزمني
record-back = العودة إلى اليوم
col-value = القيمة
history-created = سجله { $who } بتاريخ { $time }.
history-set = غيّر { $who } { $field } إلى { $value } بتاريخ { $time }.
history-counted = أضاف { $who } { $n } إلى { $field } بتاريخ { $time }.
history-cleared = مسح { $who } { $field } بتاريخ { $time }.
record-voided = هذا التسجيل لم يعد محتسبا: { $reason }.
value-yes = نعم
value-no = لا
value-age-years = { $age } سنة
value-in-record = انظر التسجيل
value-for-group = للمجموعة

## Foot
foot-zone = المنطقة الزمنية { $zone }، البيانات { $version }
foot-stamp = البصمة
foot-stamp-help = نفس البصمة تعني نفس الأرقام.
foot-version = جسر { $version }، التعاريف { $definitions }

## Errors as pages
error-title = لم تنجح العملية
error-home = إلى النشاط اليومي
technician-title = هذا الحساب مخصص لتدبير الخدمة
technician-text = لا يطلع على الأرقام ولا على التسجيلات. تدبر الوحدات والأجهزة والحسابات بواسطة الأمر jisr-server على الخادم.

## Numbers with their plural forms
unit-waiting =
    { $n ->
         [zero] لا تسجيلات في الانتظار
         [one] تسجيل واحد في الانتظار
         [two] تسجيلان في الانتظار
         [few] { $n } تسجيلات في الانتظار
         [many] { $n } تسجيلا في الانتظار
        *[other] { $n } تسجيل في الانتظار
    }
reason-set_aside =
    { $n ->
         [zero] لا تسجيلات موضوعة جانبا
         [one] تسجيل واحد موضوع جانبا
         [two] تسجيلان موضوعان جانبا
         [few] { $n } تسجيلات موضوعة جانبا
         [many] { $n } تسجيلا موضوعا جانبا
        *[other] { $n } تسجيل موضوع جانبا
    }
reason-unreadable =
    { $n ->
         [zero] لا تسجيلات تتعذر قراءتها
         [one] تسجيل واحد تتعذر قراءته
         [two] تسجيلان تتعذر قراءتهما
         [few] { $n } تسجيلات تتعذر قراءتها
         [many] { $n } تسجيلا تتعذر قراءته
        *[other] { $n } تسجيل تتعذر قراءته
    }
waiting-on-phones =
    { $n ->
         [zero] لا تسجيلات تنتظر في الهواتف.
         [one] تسجيل واحد ما زال ينتظر في هاتف.
         [two] تسجيلان ما زالا ينتظران في الهواتف.
         [few] { $n } تسجيلات ما زالت تنتظر في الهواتف.
         [many] { $n } تسجيلا ما زال ينتظر في الهواتف.
        *[other] { $n } تسجيل ما زال ينتظر في الهواتف.
    }
devices-not-saying =
    { $n ->
         [zero] كل الهواتف صرحت.
         [one] هاتف واحد لم يصرح: قد يكون هناك المزيد.
         [two] هاتفان لم يصرحا: قد يكون هناك المزيد.
         [few] { $n } هواتف لم تصرح: قد يكون هناك المزيد.
         [many] { $n } هاتفا لم يصرح: قد يكون هناك المزيد.
        *[other] { $n } هاتف لم يصرح: قد يكون هناك المزيد.
    }
tile-possible-minors =
    { $n ->
         [zero] ولا قاصر محتمل
         [one] وقاصر محتمل واحد
         [two] وقاصران محتملان
         [few] و{ $n } قاصرين محتملين
         [many] و{ $n } قاصرا محتملا
        *[other] و{ $n } قاصر محتمل
    }
clock-ahead =
    { $n ->
         [zero] دون فارق
         [one] متقدمة بدقيقة
         [two] متقدمة بدقيقتين
         [few] متقدمة بـ{ $n } دقائق
         [many] متقدمة بـ{ $n } دقيقة
        *[other] متقدمة بـ{ $n } دقيقة
    }
clock-behind =
    { $n ->
         [zero] دون فارق
         [one] متأخرة بدقيقة
         [two] متأخرة بدقيقتين
         [few] متأخرة بـ{ $n } دقائق
         [many] متأخرة بـ{ $n } دقيقة
        *[other] متأخرة بـ{ $n } دقيقة
    }
clock-ahead-hours =
    { $n ->
         [zero] دون فارق
         [one] متقدمة بساعة
         [two] متقدمة بساعتين
         [few] متقدمة بـ{ $n } ساعات
         [many] متقدمة بـ{ $n } ساعة
        *[other] متقدمة بـ{ $n } ساعة
    }
clock-behind-hours =
    { $n ->
         [zero] دون فارق
         [one] متأخرة بساعة
         [two] متأخرة بساعتين
         [few] متأخرة بـ{ $n } ساعات
         [many] متأخرة بـ{ $n } ساعة
        *[other] متأخرة بـ{ $n } ساعة
    }

## What was set aside
aside-back = كل ما وضع جانبا
aside-what = ما هو
aside-bytes = بايتات
aside-fields = يغير
aside-fields-unknown = لا يمكن معرفته: لا يناسب تسجيله
aside-release-now = يمكن قبوله الآن
aside-release-yes = نعم
aside-release-no = لا: { $reason }
aside-waits-long = ينتظر منذ أكثر من يوم
aside-decide = القرار
aside-reason = المبرر
aside-reason-note = يبقى في سجل التدقيق. لا تذكر اسم شخص تمت مقابلته.
aside-release = قبوله
aside-discard = رفضه نهائيا
aside-discard-note = ما يرفض لا يحفظ هنا، بل فقط في الهاتف الذي كتبه. ويعلم الهاتف بذلك عند اتصاله المقبل؛ وإن أُلغي تسجيله فلا يعلم إلا بعد تسجيله من جديد.
aside-told-let-in = تم قبوله. ويعلم الهاتف الذي كتبه بذلك عند اتصاله المقبل؛ وإن أُلغي تسجيله فلا يعلم إلا بعد تسجيله من جديد.
aside-told-known = كان مقبولا من قبل.
aside-told-waits = لا شيء يمنعه الآن. يقبل عند وصول ما يبنى عليه.
aside-told-refused = يبقى جانبا: لا يناسب تسجيله.
aside-told-discarded = تم رفضه. ويعلم الهاتف الذي كتبه بذلك عند اتصاله المقبل؛ وإن أُلغي تسجيله فلا يعلم إلا بعد تسجيله من جديد.
aside-told-unknown = لم يعد موضوعا جانبا.
aside-one = تغيير لم يقبل
aside-next = الأقدم
