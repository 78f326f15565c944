### What the server answers when it cannot do what was asked.
### To be reviewed by a Moroccan social worker before use.

## Problems of the API: what was wrong, what remains safe, what to do. Keys: problem-<code> and problem-<code>-detail.
problem-malformed = الطلب غير مقروء
problem-malformed-detail = جزء من الطلب لا يوافق واجهة البرمجة. لم يتغير أي شيء. صححه وأعد إرساله.
problem-sign-in-required = يلزم تسجيل الدخول
problem-sign-in-required-detail = يتطلب هذا تسجيل الدخول، وهو غائب أو انتهت مدته. لم يتغير أي شيء. سجل الدخول وأعد المحاولة.
problem-forbidden = غير مسموح
problem-forbidden-detail = هذا الحساب لا يملك الحق في ذلك. لم يُعرض ولم يتغير أي شيء. اتصل بالشخص المكلف بالخادم.
problem-cross-site = الطلب صادر عن موقع آخر
problem-cross-site-detail = لأسباب أمنية لا تقبل الاستمارات إلا من صفحات جسر. لم يتغير أي شيء. أعد تحميل الصفحة وحاول مجددا.
problem-not-found = غير موجود
problem-not-found-detail = لا يوجد شيء هنا، أو لا شيء يمكن لهذا الحساب الاطلاع عليه. تحقق من العنوان.
problem-method-not-allowed = طريقة غير مقبولة
problem-method-not-allowed-detail = العنوان موجود لكنه لا يقبل هذه الطريقة. لم يتغير أي شيء. انظر وصف واجهة البرمجة.
problem-too-large = حجم أكبر من المسموح
problem-too-large-detail = الطلب أكبر مما يقبله الخادم. لم يتغير أي شيء وكل شيء يبقى في الجهاز. أرسله على أجزاء أصغر.
problem-unsupported-media-type = نوع محتوى غير معروف
problem-unsupported-media-type-detail = نوع المحتوى ليس النوع الذي يقبله هذا العنوان. لم يتغير أي شيء. انظر وصف واجهة البرمجة.
problem-too-many-requests = طلبات كثيرة
problem-too-many-requests-detail = لم يتغير أي شيء. انتظر المدة المحددة في Retry-After ثم أعد المحاولة.
problem-code-invalid = رمز التسجيل غير صالح
problem-code-invalid-detail = كُتب خطأ أو مر عليه أكثر من 24 ساعة أو استعمله جهاز آخر. لم يتغير أي شيء. اطلب رمزا جديدا.
problem-update-required = يرجى تحديث التطبيق
problem-update-required-detail = هذه النسخة تستعمل بروتوكولا لم يعد الخادم يفهمه. كل شيء يبقى في الجهاز. حدّث التطبيق ثم أعد الإرسال.
problem-device-unknown = جهاز غير معروف
problem-device-unknown-detail = لا يعرف الخادم جهازا بهذا المعرف وهذا المفتاح. كل شيء يبقى في الجهاز. سجله برمز جديد.
problem-exists = موجود مسبقا
problem-exists-detail = المعرف أو الاسم مستعمل. لم يتغير أي شيء. اختر آخر.
problem-invalid = غير مقبول
problem-invalid-detail = قيمة خارج المسموح به. لم يتغير أي شيء. صححها وأعد المحاولة.
problem-storage-full = قرص الخادم ممتلئ
problem-storage-full-detail = ما سبق حفظه في أمان؛ لم يقبل أي جديد وكل شيء يبقى في الجهاز. أفرغ مساحة على الخادم ثم أعد الإرسال.
problem-not-ready = الخادم غير جاهز
problem-not-ready-detail = الخادم في طور التشغيل أو التوقف أو أن مخزنه لا يجيب. كل شيء يبقى في الجهاز. أعد المحاولة لاحقا.
problem-timeout = تجاوز المهلة
problem-timeout-detail = توقف الخادم عن الانتظار. ما تم تأكيده في أمان والباقي يبقى في الجهاز. أعد المحاولة.
problem-internal = خطأ في الخادم
problem-internal-detail = ما تم تأكيده في أمان والباقي يبقى في الجهاز. أعد المحاولة؛ وإذا تكرر الخطأ فأبلغ الشخص المكلف بالخادم برقم الطلب.

## Why a change was set aside. Nothing of it is lost.
refusal-too-large = أكبر من الحجم المقبول
refusal-not-a-change = ليست تعديلا لتسجيل
refusal-compressed = في صيغة غير مقبولة
refusal-checksum = تلفت في الطريق أو في الهاتف
refusal-malformed = تالفة أو من إعداد برنامج آخر
refusal-too-many-ops = تتضمن تعديلات أكثر من المسموح به
refusal-too-many-deps = تحيل إلى تعديلات أكثر من المسموح به
refusal-too-many-columns = تالفة أو من إعداد برنامج آخر
refusal-too-many-actors = تذكر كتّابا أكثر من المسموح به
refusal-message-too-long = رسالتها أطول من المسموح به
refusal-foreign-actor = مكتوبة باسم جهاز آخر
refusal-missing-dependency = تعتمد على تعديل لم يصل بعد؛ ستُقبل عند وصوله
refusal-sequence = نسختان من جهاز واحد كتبتا في آن واحد
refusal-start-op = ترقيمها لا يوافق التسجيل
refusal-outside-history = تحيل إلى ما ليس في تاريخها
refusal-not-canonical = تالفة أو من إعداد برنامج آخر
refusal-does-not-apply = لا توافق التسجيل
refusal-does-not-reload = قد تجعل التسجيل غير مقروء
refusal-too-deep = متداخلة أعمق من المسموح به
refusal-document-too-large = بلغ التسجيل أقصى حجم له
refusal-panicked = تعذر التحقق منها
refusal-unknown-scope = موجهة إلى وحدة أو إقليم غير معروف
refusal-not-granted = موجهة إلى وحدة أو إقليم لا يحق للجهاز الكتابة فيه
refusal-revoked = أوقف الجهاز؛ القرار للمشرف
refusal-unknown-device = كتبها جهاز غير معروف
refusal-unproven = لا شيء يثبت من كتبها
