### ما تقوله أداة الميدان jisr.

## النتائج
jisr-edited = تم التعديل وحُفظ في هذا الجهاز.
jisr-unchanged = لا فرق: لم يتغير شيء.
jisr-enrolled = هذا الجهاز تابع الآن لـ { $unit }.
jisr-synced = أُرسل { $sent }، واستُقبل { $received }.
jisr-synced-aside = وُضع جانبا للمراجعة: { $n }.
jisr-settled = تم الحسم وحُفظ في هذا الجهاز.
jisr-logged-out = لم يعد هذا الجهاز تابعا لأي خدمة.
jisr-never = أبدا
jisr-last-success = آخر إرسال ناجح: { $time }
jisr-drafts =
    { $n ->
        [zero] لا مسودات
        [one] مسودة واحدة في هذا الجهاز فقط
        [two] مسودتان في هذا الجهاز فقط
        [few] { $n } مسودات في هذا الجهاز فقط
        [many] { $n } مسودة في هذا الجهاز فقط
       *[other] { $n } مسودة في هذا الجهاز فقط
    }
jisr-day = أرقام { $day } حسب هذا الجهاز
jisr-day-own = لا تشمل ما في الأجهزة الأخرى. في الانتظار هنا: { $n }.
jisr-history = السجل
jisr-conflict = { $field }: وضع عدة أشخاص قيما مختلفة:
jisr-aside-because = وُضع جانبا: { $reason }
jisr-removed = حُذف
jisr-yes = نعم
jisr-no = لا

## حالة التسجيل
jisr-state-draft = مسودة
jisr-state-here = في هذا الجهاز
jisr-state-sending = قيد الإرسال
jisr-state-server = في الخادم
jisr-state-aside = يحتاج إلى مراجعة

## الحالة
jisr-strip-not-enrolled = هذا الجهاز غير مسجل.
jisr-strip-all-sent = كل شيء أُرسل.
jisr-strip-waiting =
    { $n ->
        [zero] لا شيء في الانتظار
        [one] تسجيل واحد في الانتظار
        [two] تسجيلان في الانتظار
        [few] { $n } تسجيلات في الانتظار
        [many] { $n } تسجيلًا في الانتظار
       *[other] { $n } تسجيل في الانتظار
    }
jisr-strip-sending = جارٍ الإرسال { $n }
jisr-strip-no-connection = لا يوجد اتصال — محفوظ في هذا الجهاز ({ $n })
jisr-strip-paused = الإرسال متوقف ({ $n })
jisr-strip-attention = تحتاج إلى مراجعة: { $n }
jisr-strip-revoked = هذا الجهاز لم يعد مسجلا ({ $n } محفوظة هنا)

## المتابعة
jisr-follow-up-open = مفتوحة
jisr-follow-up-due = حان وقتها
jisr-follow-up-late = متأخرة
jisr-follow-up-done = أُنجزت
jisr-follow-up-done_late = أُنجزت متأخرة
jisr-follow-up-cancelled = ملغاة

## الأعطال: ما الخطأ وما العمل. ما يبقى آمنا واحد في كل الحالات.
jisr-safe = كل ما سُجل من قبل محفوظ في هذا الجهاز، في { $store }
jisr-fail-offline = لم يتم الوصول إلى الخادم.
jisr-fail-offline-next = واصل التسجيل، وأعد المحاولة حيث توجد شبكة: jisr sync
jisr-fail-interrupted = انقطع الاتصال في الطريق.
jisr-fail-interrupted-next = ما وصل محسوب. أعد المحاولة: jisr sync
jisr-fail-busy = الخادم مشغول.
jisr-fail-busy-next = أعد المحاولة بعد دقائق: jisr sync
jisr-fail-revoked = هذا الجهاز لم يعد مسجلا.
jisr-fail-revoked-next = اتصل بالمشرف. لا يُحذف شيء هنا.
jisr-fail-not-enrolled = هذا الجهاز غير مسجل بعد.
jisr-fail-not-enrolled-next = اطلب رمزا: jisr enrol URL CODE. وإلى ذلك الحين احفظ مسودات: jisr record --draft
jisr-fail-already-enrolled = هذا الجهاز مسجل من قبل.
jisr-fail-already-enrolled-next = لتسجيله في مكان آخر أرسل كل شيء (jisr sync) ثم: jisr logout
jisr-fail-code-refused = لم يُقبل الرمز: خطأ في الكتابة أو مستعمل أو قديم.
jisr-fail-code-refused-next = تحقق منه أو اطلب رمزا جديدا.
jisr-fail-bad-address = ليس هذا عنوان خادم، أو أنه غير مشفر.
jisr-fail-bad-address-next = اكتب عنوانا مثل https://jisr.example.org
jisr-fail-update-needed = هذه النسخة ونسخة الخادم لا تتفاهمان.
jisr-fail-update-needed-next = حدّث jisr ثم: jisr sync
jisr-fail-clock-wrong = ساعة هذا الجهاز بعيدة عن الصواب.
jisr-fail-clock-wrong-next = اضبط الساعة ثم: jisr sync
jisr-fail-refused = رفض الخادم: { $what }
jisr-fail-refused-next = بلّغ المشرف بهذه الرسالة.
jisr-fail-protocol = لم يُفهم جواب الخادم.
jisr-fail-protocol-next = تحقق من العنوان وحدّث jisr ثم: jisr sync
jisr-fail-invalid = { $what }: { $meant }
jisr-fail-invalid-next = لم يُحفظ شيء من هذا الأمر. صحّح، أو احفظ مسودة: ‎--draft
jisr-fail-not-found = غير موجود: { $what }
jisr-fail-not-found-next = ابحث عنه: jisr list, jisr find
jisr-fail-unreadable = لا يُقرأ: { $what }
jisr-fail-unreadable-next = حدّث jisr لتراه.
jisr-fail-written-once = لا يُعدّل: { $what }
jisr-fail-written-once-next = هذا الحقل يُكتب عند الإنشاء. أضف ملاحظة بدلا من ذلك.
jisr-fail-remark-rewritten = لا يُعدّل: { $what }
jisr-fail-remark-rewritten-next = الملاحظات تُضاف فقط: أضف ملاحظة أخرى.
jisr-fail-text-too-long = نص طويل: { $what }
jisr-fail-text-too-long-next = اختصره أو اكتب ملاحظتين.
jisr-fail-not-concurrent = ليست هذه من القيم التي وُضعت.
jisr-fail-not-concurrent-next = انظر إليها من جديد: jisr conflicts
jisr-fail-unsent = { $what } من التسجيلات لم تُرسل بعد وستضيع. لم يتغير شيء.
jisr-fail-unsent-next = أرسلها أولا (jisr sync) وأتمّ المسودات أو احذفها ثم أعد المحاولة.
jisr-fail-store-in-use = برنامج آخر فتح المخزن { $store }.
jisr-fail-store-in-use-next = أغلق الآخر أو انتظر لحظة ثم أعد المحاولة.
jisr-fail-store-full = القرص ممتلئ.
jisr-fail-store-full-next = لم يُحفظ شيء من هذا الأمر. أفرغ مساحة ثم أعد المحاولة.
jisr-fail-store-newer = المخزن { $store } كتبته نسخة أحدث.
jisr-fail-store-newer-next = تُرك كما هو. حدّث jisr.
jisr-fail-store-damaged = المخزن { $store } تالف: { $what }
jisr-fail-store-damaged-next = انسخ المجلد إلى مكان آخر واتصل بالمشرف. لا تحذف شيئا.
jisr-fail-store-failed = تعطل المخزن { $store }: { $what }
jisr-fail-store-failed-next = انظر هل التسجيل موجود (jisr list) قبل أن تكتبه من جديد.
jisr-fail-unknown-field = لا يوجد حقل { $what }. ربما: { $meant }
jisr-fail-unknown-field-next = لم يُحفظ شيء من هذا التسجيل. صحّح الاسم وأعد المحاولة.
jisr-fail-unknown-code = { $value } ليس من رموز { $what }. ربما: { $meant }
jisr-fail-unknown-code-next = لم يُحفظ شيء من هذا التسجيل. صحّح الرمز وأعد المحاولة.
jisr-fail-bad-value = { $what } لا يُقرأ: { $meant }
jisr-fail-bad-value-next = لم يُحفظ شيء من هذا التسجيل. صحّح القيمة وأعد المحاولة.
jisr-fail-not-an-object = التسجيل كائن مثل { "{" }"outcome": "engaged"{ "}" }.
jisr-fail-not-an-object-next = لم يُحفظ شيء من هذا التسجيل. صحّح وأعد المحاولة.
jisr-fail-no-open-shift = لا توجد جولة مفتوحة.
jisr-fail-no-open-shift-next = انظر الجولات: jisr list shifts
jisr-fail-shift-open = توجد جولة مفتوحة: { $what }
jisr-fail-shift-open-next = أنهها أولا: jisr shift end
jisr-fail-io = تعذر استعمال ملف أو الطرفية: { $what }
jisr-fail-io-next = تحقق ثم أعد المحاولة.
jisr-fail-other = لم ينجح: { $what }
jisr-fail-other-next = أعد المحاولة؛ وإن لم ينجح مرة أخرى فبلّغ المشرف بهذه الرسالة.

## أرقام اليوم
jisr-figure-tours = الجولات
jisr-figure-tour_hours = ساعات الجولات
jisr-figure-staff_hours = ساعات الفريق
jisr-figure-kilometres = الكيلومترات
jisr-figure-encounters = اللقاءات
jisr-figure-contacts = الاتصالات
jisr-figure-attempts = المحاولات
jisr-figure-refusals = حالات الرفض
jisr-figure-known_persons = أشخاص معروفون
jisr-figure-persons_met = أشخاص تمت ملاقاتهم
jisr-figure-new_persons = أشخاص جدد
jisr-figure-returning_persons = أشخاص تكررت ملاقاتهم
jisr-figure-minors = القاصرون
jisr-figure-minors_by_band = القاصرون حسب السن
jisr-figure-unaccompanied_minors = قاصرون غير مرافقين
jisr-figure-women = النساء
jisr-figure-older_persons = المسنون
jisr-figure-persons_with_disability = أشخاص في وضعية إعاقة
jisr-figure-sleeping_rough = ينامون في العراء
jisr-figure-observed = شوهدوا ولم يُقترب منهم
jisr-figure-services = الخدمات
jisr-figure-items = مواد قُدمت
jisr-figure-persons_served = أشخاص استفادوا
jisr-figure-referrals = الإحالات
jisr-figure-shelter_placements = الإيواء
jisr-figure-family_returns = العودة إلى الأسرة
jisr-figure-follow_ups = التتبع
jisr-figure-by_hour = حسب الساعة
jisr-figure-quality = للتحقق
